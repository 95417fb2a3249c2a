"""What an emoji on one of our messages means: the usual faces of each meaning are data (defaults.yaml)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.catalogue.defaults import Face, Meaning

_VARIATION = "\ufe0f"
_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}


def bare(emoji: str) -> str:
    """An emoji without presentation selector and skin tone, so that ✔️ and ✔, 👍🏽 and 👍 are one."""
    return "".join(char for char in emoji if char != _VARIATION and char not in _TONES)[:64]


def meaning(emoji: str, faces: Mapping[Meaning, Face]) -> str | None:
    """The meaning of an emoji, given in Unicode or by Slack's name; None for the many that mean nothing to us."""
    wanted = bare(emoji)
    for name, known in faces.items():
        if wanted in {bare(face) for face in known.unicode} or wanted in known.slack:
            return name
    return None
