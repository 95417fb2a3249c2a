"""A preview to read: the days, and what each message says at what hour, to whom."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from bot.catalogue.loader import load
from bot.i18n import capital

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.cli._preview import Span
    from bot.cli._preview_lines import Foretold, Line
    from bot.i18n import Texts

TITLED = ("morning", "friday", "proposal", "recap", "reminder")
"""Nudges that no task of the catalogue names."""


def agenda(foretold: Foretold, span: Span, texts: Texts) -> Iterator[str]:
    """Yield the rows of one team's agenda."""
    yield texts.text("preview.title", team=foretold.team.name, first=span.first, last=span.last)
    if not foretold.lines:
        yield texts.text("preview.nothing")
    for day, lines in groupby(foretold.lines, lambda line: datetime.fromisoformat(line.at_local).date()):
        yield ""
        yield f"{capital(texts.date(day))} {day.year}"
        shared: dict[str, list[Line]] = {}
        for line in lines:
            shared.setdefault(line.message, []).append(line)
        for message in shared.values():
            yield _format_row(message, texts)


def _format_row(message: Sequence[Line], texts: Texts) -> str:
    """« 9 h · #équipe · Fiche du jour · Veille du jour, Calendrier · Léa, Tom »."""
    first = message[0]
    at = texts.time(datetime.fromisoformat(first.at_local).time()).rjust(9)
    people = list(dict.fromkeys(name for line in message for name in line.mentions))
    items = list(dict.fromkeys(item for line in message for item in line.items))
    titles = list(dict.fromkeys(_name_nudge(line, texts) for line in message))
    subjects = ", ".join([*titles, *(item for item in items if item not in titles)])
    parts = [at, f"#{first.channel}" if first.channel else f"@{people[0]}", subjects]
    if first.channel and people:
        parts.append(", ".join(people))
    return " · ".join(parts)


def _name_nudge(line: Line, texts: Texts) -> str:
    tasks = load().tasks
    if line.nudge in tasks:
        return tasks[line.nudge].title.of(texts.language)
    if line.nudge in TITLED:
        return texts.text(f"preview.nudge.{line.nudge}")
    return line.items[0] if line.items else line.nudge
