"""Words in the language of the terminal, errors among them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bot.i18n import Language, texts

if TYPE_CHECKING:
    from bot.errors import VigieError


def terminal_language() -> Language:
    """Return VIGIE_LANGUAGE, else the terminal's own (LC_ALL, LANG), else French."""
    setting = os.environ.get("VIGIE_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "fr"
    return "en" if setting.startswith("en") else "fr"


def say(key: str, /, **values: object) -> str:
    """Return a text in the language of the terminal."""
    return texts(terminal_language()).text(key, **values)


def explain(error: VigieError) -> str:
    """Return what a person reads instead of a trace."""
    from bot.help.refusal import error_line
    from bot.message import plain

    return plain(error_line(texts(terminal_language()), error))


def checks(rows: list[tuple[bool, str]]) -> bool:
    """Print one line a check; True when all of them are fine."""
    import click

    for fine, line in rows:
        click.echo(f"{'✓' if fine else '✗'} {line}")
    return all(fine for fine, _ in rows)
