"""What an emoji on one of our messages means: the usual faces of each meaning are data (defaults.yaml)."""

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
"""The act of a meaning. `asked` does none: it is asked about."""


def bare(emoji: str) -> str:
    """An emoji without presentation selector, skin tone and gender: ✔️ and ✔, 👍🏽 and 👍, 🙋🏾‍♂️ and 🙋 are one."""
    plain = emoji.partition("::skin-tone-")[0]
    return _GENDER.sub("", "".join(char for char in plain if char != _VARIATION and char not in _TONES))[:64]


def meaning(emoji: str, faces: Mapping[Meaning, Face]) -> str | None:
    """The meaning of an emoji, given in Unicode or by Slack's name; None for the many that mean nothing to us."""
    wanted = bare(emoji)
    for name, known in faces.items():
        if wanted in {bare(face) for face in known.unicode} or wanted in known.slack:
            return name
    return None


def position(emoji: str) -> int | None:
    """The position that a keycap names: 1️⃣ … 9️⃣, 🔟; None for anything else."""
    wanted = bare(emoji)
    if wanted in _SLACK:
        return _SLACK.index(wanted) + 1
    if wanted == _TEN:
        return 10
    return int(wanted[0]) if len(wanted) == 2 and wanted[1] == _KEYCAP and wanted[0] in "123456789" else None  # noqa: PLR2004
