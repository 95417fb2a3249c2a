"""A Wednesday in Paris, on which everything in these tests is said."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.errors import RefusalError
from bot.grammar.when import Ask, AskRhythm, moment, rhythm
from bot.teams.calendar import WorkCalendar

if TYPE_CHECKING:
    from bot.engine.rhythm import Rhythm
    from bot.grammar.when import Moment
    from bot.i18n import Language

PARIS = ZoneInfo("Europe/Paris")
FRANCE = WorkCalendar()
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=PARIS)
NOW_LOCAL = NOW.replace(tzinfo=None)
TODAY = date(2026, 11, 18)


def said(text: str, language: Language = "fr", now: datetime = NOW) -> Moment | Ask:
    return moment(text, now=now, zone=PARIS, calendar=FRANCE, language=language)


def read(text: str, language: Language = "fr", now: datetime = NOW) -> str:
    """What a text says, in one line: "2026-11-19 09:00", "by 2026-11-20 18:00", "?which_day a | b", "!past"."""
    try:
        found = said(text, language, now)
    except RefusalError as refusal:
        return "!" + refusal.key.removeprefix("when.")
    if isinstance(found, Ask):
        return f"?{found.question.removeprefix('when.')} " + " | ".join(map(_line, found.choices))
    return _line(found)


def _line(found: Moment) -> str:
    return ("by " if found.kind == "by" else "") + found.local.isoformat(" ", "minutes")


def recurs(text: str, language: Language = "fr", today: date = TODAY) -> Rhythm | tuple[Rhythm, ...] | str:
    """The rhythm that a text says, those to choose from, or the key of its refusal."""
    try:
        found = rhythm(text, language=language, today=today)
    except RefusalError as refusal:
        return refusal.key
    return found.choices if isinstance(found, AskRhythm) else found
