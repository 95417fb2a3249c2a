"""Errors in the language of the terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bot.i18n import Language, texts

if TYPE_CHECKING:
    from bot.errors import VigieError


def terminal_language() -> Language:
    """VIGIE_LANGUAGE, else the terminal's own (LC_ALL, LANG), else French."""
    wanted = os.environ.get("VIGIE_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "fr"
    return "en" if wanted.startswith("en") else "fr"


def explain(error: VigieError) -> str:
    """What a person reads instead of a trace."""
    language = texts(terminal_language())
    values = {key: ", ".join(value) if isinstance(value, list) else value for key, value in error.params.items()}
    return language.text(error.key, **values)
