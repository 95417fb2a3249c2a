"""The second word of a line: « tâche **ajouter** … », in its usual forms and in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.spelling import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 3
"""Words in the longest verb."""
_SLIP = 75
"""Likeness (0-100) from which an unknown word is a slip of the pen."""


def verb(rest: str, verbs: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    """The verb that `rest` begins with and what follows it as typed; ("", rest) when there is none."""
    spelled = {fold(name): key for key, names in verbs.items() for name in (key, *names)}
    words = rest.split()
    for count in range(min(LONGEST, len(words)), 0, -1):
        verb_key = spelled.get(fold(" ".join(words[:count])))
        if verb_key:
            return verb_key, rest.split(maxsplit=count)[count].strip() if len(words) > count else ""
    return "", rest


def check_slip(rest: str, verbs: Mapping[str, tuple[str, ...]]) -> None:
    """Raise RefusalError when the first word looks like a verb that was mistyped. « Ranger » is none for « changer »:
    hardly anybody mistakes the first letter.
    """
    word = rest.split(maxsplit=1)[0] if rest else ""
    candidates = [name for names in verbs.values() for name in names if fold(name)[:1] == fold(word)[:1]]
    near = nearest(word, candidates, limit=1, cutoff=_SLIP) if word else []
    if near:
        raise RefusalError("verb.near", word=word[:40], name=near[0])
