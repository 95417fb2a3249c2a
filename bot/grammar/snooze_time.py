"""« Plus tard » : the moment that a button's code or a person's words ask for, on the asker's own wall clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.civil import instant, local
from bot.errors import RefusalError
from bot.grammar.spelling import fold
from bot.grammar.when import Ask, Moment, may_mean, moment

if TYPE_CHECKING:
    from datetime import date, time

    from bot.call import Call

AGAIN = "again"
"""One hour more, although it has been put off often enough."""
AFTERNOON, TOMORROW, WORKING = "afternoon", "tomorrow", "working"
ASKED_TWICE = "when.unknown"
"""The refusal of words that are no moment at all; any other one is about a moment."""

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_OF = re.compile(r"^(?:de\b|d[’']|by)\s*(?=\d|une?\b|an?\b|half\b|quinze\b)", re.IGNORECASE)
_UNTIL = re.compile(r"^(?:(?:pour|for|until|till|to)\s+|jusqu[’'](?=[aà]\b))", re.IGNORECASE)
_COUNT = re.compile(
    r"(?:\d{1,3} ?(?:min|mn|minutes?)|[1-6] ?(?:h|heures?|hours?)(?: ?\d\d)?|(?:une?|an?|half|demi|trente|quinze) .+)"
)
_EIGHT = 8


def later(call: Call, typed: str) -> Moment | Ask:
    """The moment of a button's code (`15`, `afternoon`, `again`, a local date-time) or of typed words.

    RefusalError when it is past or not understood. Bare lengths count from now: « 1 h », « 15 min », « d’une heure ».
    """
    if typed == AGAIN:
        return _minutes(call, call.catalogue.defaults.snooze_minutes[-1])
    if typed.isdecimal() and len(typed) < _EIGHT // 2:
        return _minutes(call, int(typed))
    if typed in (AFTERNOON, TOMORROW, WORKING):
        return _to_come(call, day_and_time(call, typed))
    if _ISO.fullmatch(typed):
        return _to_come(call, datetime.fromisoformat(typed))
    return _typed(call, typed)


def day_and_time(call: Call, code: str) -> datetime:
    """The local date-time of a code, from the catalogue's moments."""
    moments, today = call.catalogue.defaults.moments, local(call.now, call.tz).date()
    days: dict[str, tuple[date, time]] = {
        AFTERNOON: (today, moments.afternoon),
        TOMORROW: (today + timedelta(days=1), moments.tomorrow),
        WORKING: (call.team.calendar.next_working(today), moments.tomorrow),
    }
    return datetime.combine(*days[code])


def may_say_when(words: str) -> bool:
    """Tell whether each word has a meaning in a moment: a fast test before the whole reading."""
    return may_mean(_UNTIL.sub("", _OF.sub("", words)))


def says_when(call: Call, words: str) -> bool:
    """Tell whether words are a moment, even a bad one (past, impossible)."""
    if not may_say_when(words):
        return False
    try:
        _typed(call, words)
    except RefusalError as error:
        return error.key not in {ASKED_TWICE, "when.too_long"}
    return True


def read(call: Call, words: str) -> Moment | Ask:
    """The moment that these very words say, for the asker."""
    return moment(words, now=call.now, zone=call.tz, calendar=call.team.calendar, language=call.texts.language)


def _minutes(call: Call, minutes: int) -> Moment:
    at = call.now.astimezone(UTC) + timedelta(minutes=minutes)
    if at.second or at.microsecond:  # never earlier than was asked
        at = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return Moment(local(at, call.tz), at)


def _to_come(call: Call, wall_time: datetime) -> Moment:
    at = instant(wall_time, call.tz)
    if at <= call.now:
        raise RefusalError("snooze.past", time=wall_time.time())
    return Moment(wall_time, at)


def _typed(call: Call, words: str) -> Moment | Ask:
    """A length counts from now; else the grammar's own moment, without the small word that leads to it."""
    length = _OF.sub("", words)
    if length != words or _COUNT.fullmatch(fold(words)):
        for after in ("dans", "in"):
            try:
                return read(call, f"{after} {length}")
            except RefusalError as error:
                if error.key != ASKED_TWICE:
                    raise
    return read(call, _UNTIL.sub("", words))
