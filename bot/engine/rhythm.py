"""When something recurs: a rule (bot.engine.rules), local times, its bounds, and what a closed day does to it.

An occurrence is its *nominal* local date-time (naive), never an instant: the zone is applied last, by :func:`instant`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, assert_never

from bot.civil import instant, local
from bot.engine.rules import (
    DAY,
    Daily,
    MonthlyDate,
    MonthlyWeekday,
    MonthlyWorkingDay,
    Once,
    Rule,
    Weekly,
    WorkingDays,
    Yearly,
    ascending,
    check,
    dates_of,
    nth_weekday,
    weekdays_of,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.teams.calendar import WorkCalendar

__all__ = [
    "UNBOUNDED",
    "Bounds",
    "Closed",
    "Daily",
    "MonthlyDate",
    "MonthlyWeekday",
    "MonthlyWorkingDay",
    "Once",
    "Rhythm",
    "Rule",
    "Weekly",
    "WorkingDays",
    "Yearly",
    "from_text",
    "instant",
    "local",
    "next_nominal",
    "nominals",
    "nth_weekday",
    "to_text",
]

_BARREN_YEARS = 12
MOST_COUNTED = 999


class Closed(StrEnum):
    """Policy for a date that falls on a closed day (weekend for working rules, holiday, own closure)."""

    SKIP = "skip"
    BEFORE = "before"
    AFTER = "after"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limit a rhythm: first and last date (both included), number of dates, months of the year.

    They limit the dates of the rule: one that a closed day moves may fall outside. A count begins at `start`, and a
    date that a closed day drops is not counted. `months` are (first, last), 1-12, both included; they run over the turn
    of the year when the first is the later: (11, 2).
    """

    start: date | None = None
    end: date | None = None
    count: int | None = None
    months: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        check(not (self.start and self.end and self.end < self.start), f"a first date before the last: {self}")
        check(self.count is None or within((self.count,), 1, MOST_COUNTED), f"1 to {MOST_COUNTED} dates: {self.count}")
        check(self.count is None or self.start is not None, "a count needs the date that it begins at")
        check(self.months is None or within(self.months, 1, 12), f"months are 1 to 12: {self.months}")

    def in_season(self, day: date) -> bool:
        """Tell whether the month of a date is one of those in which the rhythm runs."""
        if self.months is None:
            return True
        first, last = self.months
        return first <= day.month <= last if first <= last else day.month >= first or day.month <= last


UNBOUNDED = Bounds()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A rule, the local times of a day that it names (ascending, at least one, whole minutes), its closed-day policy.

    Which days are closed depends on the rule. Rules of the week (daily, weekly, nth weekday) name their weekdays: only
    holidays and own closures close those. Rules of a date (monthly on a date, yearly) SKIP on holidays, and go to a
    working day BEFORE or AFTER. A one-off never skips, for it would be lost, and has no bounds; what comes once a year
    has no season; a count is of a rhythm with one time a day. Bad values raise ValueError.
    """

    rule: Rule
    times: tuple[time, ...]
    closed: Closed = Closed.SKIP
    bounds: Bounds = UNBOUNDED

    def __post_init__(self) -> None:
        check(ascending(self.times), f"ascending local times, at least one: {self.times}")
        whole = all(at.tzinfo is None and not (at.second or at.microsecond or at.fold) for at in self.times)
        check(whole, f"local times are naive and of whole minutes: {self.times}")
        check(not isinstance(self.rule, Once) or self.bounds == UNBOUNDED, "a one-off has no bounds")
        check(not isinstance(self.rule, Yearly) or self.bounds.months is None, "a yearly date has no season")
        check(self.bounds.count is None or len(self.times) == 1, "a count is of one time a day")


def nominals(rhythm: Rhythm, calendar: WorkCalendar, after: datetime) -> Iterator[datetime]:
    """The nominal local moments (naive) strictly after `after` (naive), strictly increasing, each once.

    Endless, but for a one-off, for a last date or a count, and for a rule whose dates are closed twelve years running
    (1 January, skipped).
    """
    for day in _open_days(rhythm, calendar, calendar.previous_working(after.date())):
        for at in rhythm.times:
            nominal = datetime.combine(day, at)
            if nominal > after:
                yield nominal


def next_nominal(rhythm: Rhythm, calendar: WorkCalendar, after: datetime) -> datetime | None:
    """The first nominal local moment (naive) strictly after `after` (naive), or None when there is none any more."""
    return next(nominals(rhythm, calendar, after), None)


def to_text(rhythm: Rhythm) -> str:
    """The rhythm in its storage notation, such as `weekly:1,3/2/2026-11-23@08:30,17:00!skip`; stable."""
    times = ",".join(f"{at:%H:%M}" for at in rhythm.times)
    return f"{_rule_text(rhythm.rule)}@{times}!{rhythm.closed}{_bounds_text(rhythm.bounds)}"


@lru_cache(maxsize=4096)
def from_text(text: str) -> Rhythm:
    """Read what :func:`to_text` wrote, with or without bounds; ValueError for anything else."""
    match = re.fullmatch(r"([a-z]+)(?::([-\d/,]+))?@([\d:,]+)!([a-z]+)((?:\+[a-z]+=[-\d]+)*)", text)
    if match is None:
        raise ValueError(f"not the notation of a rhythm: {text[:80]!r}")
    kind, args, times, closed, bounds = match.groups(default="")
    return Rhythm(
        _rule(kind, args.split("/")), tuple(map(time.fromisoformat, times.split(","))), Closed(closed), _bounds(bounds)
    )


def _bounds_text(bounds: Bounds) -> str:
    parts = {
        "from": bounds.start,
        "until": bounds.end,
        "times": bounds.count,
        "months": "-".join(map(str, bounds.months)) if bounds.months else None,
    }
    return "".join(f"+{name}={value}" for name, value in parts.items() if value is not None)


def _bounds(text: str) -> Bounds:
    if not text:
        return UNBOUNDED
    values: dict[str, str] = {}
    for part in text[1:].split("+"):
        name, _, value = part.partition("=")
        check(name in {"from", "until", "times", "months"} and name not in values, f"a bound, once each: {part}")
        values[name] = value
    first, _, last = values.get("months", "").partition("-")
    return Bounds(
        start=date.fromisoformat(values["from"]) if "from" in values else None,
        end=date.fromisoformat(values["until"]) if "until" in values else None,
        count=int(values["times"]) if "times" in values else None,
        months=(int(first), int(last)) if "months" in values else None,
    )


def _rule_text(rule: Rule) -> str:
    match rule:
        case Daily():
            return "daily"
        case WorkingDays():
            return "working"
        case Weekly():
            days = ",".join(map(str, rule.days))
            return f"weekly:{days}" + (f"/{rule.every}/{rule.anchor}" if rule.anchor else "")
        case MonthlyDate():
            return f"date:{rule.day}"
        case MonthlyWeekday():
            return f"weekday:{rule.nth}/{rule.day}"
        case MonthlyWorkingDay():
            return f"workday:{rule.nth}"
        case Yearly():
            return f"yearly:{rule.month}/{rule.day}"
        case Once():
            return f"once:{rule.on}"
        case _:
            assert_never(rule)


def _rule(kind: str, args: list[str]) -> Rule:
    match kind, args:
        case "daily", [""]:
            return Daily()
        case "working", [""]:
            return WorkingDays()
        case "weekly", [days]:
            return Weekly(tuple(map(int, days.split(","))))
        case "weekly", [days, every, anchor]:
            return Weekly(tuple(map(int, days.split(","))), int(every), date.fromisoformat(anchor))
        case "date", [day]:
            return MonthlyDate(int(day))
        case "weekday", [nth, day]:
            return MonthlyWeekday(int(nth), int(day))
        case "workday", [nth]:
            return MonthlyWorkingDay(int(nth))
        case "yearly", [month, day]:
            return Yearly(int(month), int(day))
        case "once", [on]:
            return Once(date.fromisoformat(on))
        case _:
            raise ValueError(f"no such rule: {kind} {args}")


def _open_days(rhythm: Rhythm, calendar: WorkCalendar, since: date) -> Iterator[date]:
    """Yield the dates of a rhythm, from `since` on unless they have to be counted from its start."""
    bounds = rhythm.bounds
    if bounds.count is None:
        return _settled_days(rhythm, calendar, max(since, bounds.start or since))
    assert bounds.start is not None, "bounds check it"
    return islice(_settled_days(rhythm, calendar, bounds.start), bounds.count)


def _settled_days(rhythm: Rhythm, calendar: WorkCalendar, since: date) -> Iterator[date]:
    """Yield the dates of the rule from `since` on, once the closed-day policy has moved, dropped and merged them.

    A moved date goes to the nearest day open *for this rule*, so that the order of the dates never changes.
    """
    settle = _policy(rhythm, calendar)
    last = None
    for day in _bounded_dates(rhythm, calendar, since):
        if day.year > (last or since).year + _BARREN_YEARS and not isinstance(rhythm.rule, Once):
            return
        settled = settle(day)
        if settled is not None and (last is None or settled > last):
            last = settled
            yield settled


def _bounded_dates(rhythm: Rhythm, calendar: WorkCalendar, since: date) -> Iterator[date]:
    """Yield the dates of the rule that its bounds let through."""
    bounds = rhythm.bounds
    days = dates_of(rhythm.rule, calendar, since)
    if bounds == UNBOUNDED:
        return days
    start, end = bounds.start or date.min, bounds.end or date.max
    return (day for day in takewhile(lambda day: day <= end, days) if day >= start and bounds.in_season(day))


def _policy(rhythm: Rhythm, calendar: WorkCalendar) -> Callable[[date], date | None]:
    named = weekdays_of(rhythm.rule)
    match rhythm.closed:
        case Closed.KEEP:
            return lambda day: day
        case Closed.SKIP if isinstance(rhythm.rule, Once):
            return lambda day: day
        case Closed.SKIP:
            return lambda day: None if calendar.holiday(day) else day
        case Closed.BEFORE | Closed.AFTER:
            step = DAY if rhythm.closed is Closed.AFTER else -DAY
            open_weekdays = named | frozenset(calendar.days)
            return lambda day: _nearest(day, step, open_weekdays, calendar)
        case _:
            assert_never(rhythm.closed)


def _nearest(day: date, step: timedelta, weekdays: frozenset[int], calendar: WorkCalendar) -> date:
    while day.isoweekday() not in weekdays or calendar.holiday(day):
        day += step
    return day
