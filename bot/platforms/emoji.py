"""Meanings of emoji on messages of Vigie; the emoji of each meaning are data (defaults.yaml)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.catalogue.defaults import Face, Meaning

_VARIATION = "\ufe0f"
_GENDER = re.compile("\u200d[\u2640\u2642]")
"""🙋‍♀️ and 🙋‍♂️ are 🙋 with a sign joined to it."""
_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
_TEN = "\U0001f51f"
_KEYCAP = "\u20e3"
_SLACK = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "keycap_ten")

ACTS = {
    "done": "done", "mine": "take", "seen": "seen", "later": "snooze", "skip": "skip", "alert": "urgent",
}  # fmt: skip
"""Acts by meaning. `asked` has none: it leads to a question."""


def normalise(emoji: str) -> str:
    """Remove presentation selector, skin tone and gender: ✔️ becomes ✔, 👍🏽 becomes 👍, 🙋🏾‍♂️ becomes 🙋."""
    plain = emoji.partition("::skin-tone-")[0]
    return _GENDER.sub("", "".join(char for char in plain if char != _VARIATION and char not in _TONES))[:64]


def meaning(emoji: str, faces: Mapping[Meaning, Face]) -> str | None:
    """Return the meaning of an emoji (Unicode or Slack's name); None for one without meaning."""
    folded = normalise(emoji)
    for name, face in faces.items():
        if folded in {normalise(char) for char in face.unicode} or folded in face.slack:
            return name
    return None


def position(emoji: str) -> int | None:
    """Return the position of a keycap: 1️⃣ … 9️⃣, 🔟; None for other emoji."""
    folded = normalise(emoji)
    if folded in _SLACK:
        return _SLACK.index(folded) + 1
    if folded == _TEN:
        return 10
    return int(folded[0]) if len(folded) == 2 and folded[1] == _KEYCAP and folded[0] in "123456789" else None  # noqa: PLR2004
