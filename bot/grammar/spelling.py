"""How people's spelling is forgiven: accents, case, apostrophes, hyphens; and which known word comes nearest."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALIKE = 80
"""Likeness (0-100) under which two names are not the same thing."""
CLEAR = 8
"""How far ahead the best name must be to be chosen without asking."""
CLOSE_CHOICES = 3
LEAST = 4
"""Letters of a word in which a slip can be told from another word."""
LONGER = 1.4
"""How much longer than a name the words may be that still mean it."""
LONGEST_NAME = 80
"""Characters of what may be a name; a longer text is seen once."""
LONGEST_QUERY = 300
"""Characters that may still name something: to compare longer ones with every name takes a quarter of a second."""

_SMALL = {
    *("a", "au", "aux", "d", "de", "des", "du", "et", "l", "la", "le", "les", "ma", "mes", "mon", "ou", "un", "une"),
    *("an", "my", "of", "on", "or", "the", "to"),
}
"""Words that name nothing by themselves."""

_JOINTS = re.compile(r"[\s\-_’'‘`´]+")


def fold(text: str) -> str:
    """Words without accents, case or punctuation marks that join them: « Je m’en charge » → `je m en charge`."""
    return _name(text) if len(text) <= LONGEST_NAME else _fold(text)


def _fold(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(char for char in spread if not unicodedata.combining(char))
    return _JOINTS.sub(" ", bare.casefold()).strip()


_name = lru_cache(maxsize=8192)(_fold)
"""The same names are folded for every line that is typed."""


@lru_cache(maxsize=4096)
def _folded(called: tuple[str, ...]) -> tuple[str, ...]:
    """All that one thing is called."""
    return tuple(map(fold, called))


def nearest(word: str, names: Iterable[str], *, limit: int = 2, cutoff: float = 72) -> list[str]:
    """The known words that look most like this one, best first."""
    from rapidfuzz import fuzz, process

    choices = {name: fold(name) for name in names}
    matches = process.extract(fold(word), choices, scorer=fuzz.ratio, limit=limit, score_cutoff=cutoff)
    return [key for _, _, key in matches]


def lookup(query: str, candidates: Mapping[str, Iterable[str]], *, slips: bool = True) -> list[str]:
    """Return the ids of the names like `query`: none, one, or the two or three too near to choose between.

    `candidates` maps an id to everything it is called. Equal names win, then names that begin with the query or hold
    it as words, then, unless `slips` is off, likeness (rapidfuzz) above a threshold and clear of the next one.
    """
    if len(query) > LONGEST_QUERY:
        return []
    folded = fold(query)
    names = {key: [fold(name) for name in called] for key, called in candidates.items()}
    if all(word in _SMALL for word in folded.split()):
        return [key for key, called in names.items() if folded and folded in called][:CLOSE_CHOICES]
    for rule in (_equal, _begins, _holds, _word_for_word) if slips else (_equal, _begins, _holds):
        keys = [key for key, called in names.items() if any(rule(folded, name) for name in called)]
        if keys:
            return keys[:CLOSE_CHOICES]
    return _alike(folded, names) if slips else []


def exact(query: str, candidates: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the ids of the names equal to `query` (accents, case and joints aside), or that begin with its words."""
    folded = fold(query)
    keys = [key for key, called in candidates.items() if folded in _folded(called)]
    if folded and not keys:
        start = f"{folded} "
        names = {key: _folded(called) for key, called in candidates.items()}
        keys = [key for key, called in names.items() if any(name.startswith(start) for name in called)]
    return keys[:CLOSE_CHOICES]


def likeness(query: str, candidates: Mapping[str, Iterable[str]]) -> float:
    """How much (0-100) `query` looks like the nearest of these names as a whole."""
    from rapidfuzz import fuzz

    folded = fold(query)
    return max((fuzz.ratio(folded, fold(name)) for called in candidates.values() for name in called), default=0)


def _equal(query: str, name: str) -> bool:
    return query == name


def _begins(query: str, name: str) -> bool:
    return bool(query) and name.startswith(query)


def _holds(query: str, name: str) -> bool:
    return bool(query) and f" {query} " in f" {name} "


def _alike(query: str, names: Mapping[str, list[str]]) -> list[str]:
    scores = {key: max((_score(query, name) for name in called), default=0) for key, called in names.items()}
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    near = [key for key, score in ranked if score >= ALIKE and ranked[0][1] - score < CLEAR]
    return near[:CLOSE_CHOICES]


def _score(query: str, name: str) -> float:
    """A part of a name may stand for it; a name within longer words may not (they say something else besides)."""
    from rapidfuzz import fuzz

    words, name_words = " ".join(_telling(query)), " ".join(_telling(name))
    return fuzz.WRatio(words, name_words) if len(words) <= len(name_words) * LONGER else fuzz.ratio(words, name_words)


def _telling(words: str) -> list[str]:
    return [word for word in words.split() if word not in _SMALL]


def _word_for_word(query: str, name: str) -> bool:
    """Tell whether each telling word is in the name, typing errors aside."""
    from rapidfuzz import fuzz

    name_words = [word for word in _telling(name) if len(word) >= LEAST]
    return all(
        len(word) >= LEAST and any(fuzz.ratio(word, other) >= ALIKE for other in name_words) for word in _telling(query)
    )
