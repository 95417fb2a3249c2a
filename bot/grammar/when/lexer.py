"""From what a person typed to tokens. Accents, apostrophes, case, hyphens and kinds of spaces make no difference."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from bot.grammar.when.elsewhere import split_zone
from bot.grammar.when.tokens import Clock, Iso, Month, Number, Ordinal, Slashed, Tokens, Weekday, Word
from bot.grammar.when.words_en import ENGLISH
from bot.grammar.when.words_fr import FRENCH
from bot.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.grammar.when.tokens import Token, Vocabulary
    from bot.i18n import Language

LONGEST = 300
"""Characters; nobody says a moment in more, and every rule below then costs a bounded time."""
MOST_TOKENS = 60

_APOSTROPHES = re.compile("['’‘ʼ`]")
_DASHES = re.compile("[‐‑‒–—−]")
# A hyphen between figures is part of a date; anywhere else it is a space.
_LOOSE_HYPHEN = re.compile(r"(?<![0-9])-|-(?![0-9])")
_LETTER_DOT = re.compile(r"(?<=[a-z])\.")
_NOON = 12

# Each alternative is tried in this order at each place; none can match the same text in two ways.
_FIGURES = re.compile(
    r"""(?P<iso>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?![0-9-])
    | (?P<slashed>[0-9]{1,2}/[0-9]{1,2}(?:/(?:[0-9]{4}|[0-9]{2}))?)(?![0-9/])
    | (?P<dotted>[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4})(?![0-9.])
    | (?P<twelve>[0-9]{1,2}(?:[:h.][0-9]{2})?\ ?[ap]m)(?![a-z0-9])
    | (?P<letter>[0-9]{1,2}\ ?h(?:\ ?[0-9]{2}(?:\ ?min|\ ?mn)?)?)(?![a-z0-9])
    | (?P<colon>[0-9]{1,2}:[0-9]{2})(?![a-z0-9]|:[0-9])
    | (?P<rank>[0-9]{1,2}(?:er|re|eme|e|nde|nd|st|rd|th))(?![a-z0-9])
    | (?P<number>[0-9]{1,4})(?![a-z0-9/])
    | (?P<mark>[,:()])""",
    re.VERBOSE,
)
_MARKS = {"(": Word("coming"), ")": Word(",")}
"""The echo gives the next dates in brackets: « … (27 novembre, puis 4 décembre) »."""
_DIGITS = re.compile("[0-9]+")
_AFTER_FIGURES = frozenset({"h", "min", "mn", "am", "pm"})
"""What stands apart from its figure: « 15 h 30 »."""


def fold(text: str) -> str:
    """Lower case without accents, plain spaces, straight hyphens only inside figures; apostrophes become spaces."""
    text = unicodedata.normalize("NFKD", _DASHES.sub("-", _APOSTROPHES.sub(" ", text))).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(_LETTER_DOT.sub("", _LOOSE_HYPHEN.sub(" ", text)).split()).rstrip(" .!?")


def lex(text: str, words: Vocabulary) -> Tokens | None:
    """The tokens of a folded text in one language, or None when a part of it has no meaning there."""
    phrases, pattern = _compiled(words.language)
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        if phrase := pattern.match(text, place):
            tokens += phrases[phrase[0]]
        elif not (phrase := _FIGURES.match(text, place)):
            return None
        else:
            tokens.append(_figures(phrase))
        place = phrase.end() + (text[phrase.end() : phrase.end() + 1] == " ")
    return tuple(tokens) if 0 < len(tokens) <= MOST_TOKENS else None


def may_mean(text: str) -> bool:
    """Tell whether every word of a text is in the grammar of either language. Other text is no moment:
    that costs a hundredth of reading it, for those who look for a moment within a long line.
    """
    words = (word.strip(",:()") for word in fold(split_zone(text)[0]).split())
    return all(word in _all_words() or not word.isalpha() for word in words)


@cache
def _all_words() -> frozenset[str]:
    phrases = (phrase for language in LANGUAGES for phrase in _compiled(language)[0])
    return frozenset(word for phrase in phrases for word in phrase.split()) | _AFTER_FIGURES


def vocabulary(language: Language) -> Vocabulary:
    """The words of a language."""
    return FRENCH if language == "fr" else ENGLISH


def _figures(match: re.Match[str]) -> Token:
    text, numbers = match[0], [int(figure) for figure in _DIGITS.findall(match[0])]
    match match.lastgroup:
        case "iso":
            return Iso(*numbers)
        case "slashed" | "dotted":
            return Slashed(numbers[0], numbers[1], _year(numbers[2]) if numbers[2:] else None)
        case "twelve":
            return _twelve(numbers, after_noon="p" in text)
        case "letter" | "colon":
            return Clock(numbers[0], numbers[1] if numbers[1:] else 0, letter=match.lastgroup == "letter")
        case "rank":
            return Ordinal(numbers[0])
        case "number":
            return Number(numbers[0])
        case _:
            return _MARKS.get(text, Word(text))


def _twelve(numbers: list[int], *, after_noon: bool) -> Clock:
    hour, minute = (*numbers, 0)[:2]
    if not 1 <= hour <= _NOON:
        return Clock(99, minute)  # "13pm" is a time that does not exist
    return Clock(hour % _NOON + (_NOON if after_noon else 0), minute)


def _year(figure: int) -> int:
    century = 2000
    return figure + century if figure < 100 else figure  # noqa: PLR2004 (two figures)


@cache
def _compiled(language: Language) -> tuple[Mapping[str, Tokens], re.Pattern[str]]:
    phrases = {fold(name): tokens for name, tokens in _named(vocabulary(language))}
    longest_first = sorted(phrases, key=len, reverse=True)
    return phrases, re.compile(f"(?:{'|'.join(map(re.escape, longest_first))})(?![a-z0-9])")


def _named(words: Vocabulary) -> Iterator[tuple[str, Tokens]]:
    """Every phrase with its tokens; those of the table come last, so that they win."""
    for day, name in enumerate(words.weekdays, 1):
        yield name, (Weekday(day),)
        yield f"{name}s", (Weekday(day, plural=True),)
    for number, name in enumerate(words.months, 1):
        yield name, (Month(number),)
    for number, name in enumerate(words.numbers, 1):
        yield name, (Number(number),)
    for number, name in enumerate((words.last, *words.ranks)):
        yield name, (Ordinal(number or -1),)
    for names, tokens in words.phrases.items():
        for name in names.split(" | "):
            yield name, tokens
