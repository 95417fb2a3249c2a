"""When something recurs: a rule, local times, and what a closed day does to it.

An occurrence is its *nominal* local date-time (naive), never an instant: the zone is applied last, by :func:`instant`.
"""

from __future__ import annotations

import calendar as civil
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

from bot.civil import instant, local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.teams.calendar import WorkCalendar

__all__ = [
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

DAY = timedelta(days=1)
LAST = -1
_MONTHS = 12
_LEAP_YEAR = 2024
_BARREN_YEARS = 12
_LAST_YEAR = 9000


class Closed(StrEnum):
    """What happens to a date that falls on a closed day (weekend for working rules, holiday, own closure)."""

    SKIP = "skip"
    BEFORE = "before"
    AFTER = "after"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day of the week."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Every working day of the team."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """On ISO weekdays (1 = Monday … 7), every `every` weeks counted from the week of `anchor`."""

    days: tuple[int, ...]
    every: int = 1
    anchor: date | None = None

    def __post_init__(self) -> None:
        _check(_ascending(self.days) and _within(self.days, 1, 7), f"ascending ISO weekdays, at least one: {self.days}")
        _check(_within((self.every,), 1, 52), f"every 1 to 52 weeks: {self.every}")
        _check(self.every == 1 or self.anchor is not None, "every N weeks needs the week that it is counted from")

    def in_turn(self, day: date) -> bool:
        """Whether the week of that day is one of those that count."""
        if self.anchor is None:
            return True
        return not (_monday(day) - _monday(self.anchor)) % timedelta(weeks=self.every)

    def first(self) -> date:
        """The first date of the rule in the week of its anchor; ValueError without one."""
        if self.anchor is None:
            raise ValueError("a rule of every week has no first date")
        return _monday(self.anchor) + timedelta(days=self.days[0] - 1)


@dataclass(frozen=True, slots=True)
class MonthlyDate:
    """On a day of the month, 1-31; the last day where the month is shorter."""

    day: int

    def __post_init__(self) -> None:
        _check(_within((self.day,), 1, 31), f"a day of the month is 1 to 31: {self.day}")


@dataclass(frozen=True, slots=True)
class MonthlyWeekday:
    """On the nth (1-5, or -1 for the last) ISO weekday of the month; a month without a fifth one has none."""

    nth: int
    day: int

    def __post_init__(self) -> None:
        _check(self.nth == LAST or _within((self.nth,), 1, 5), f"nth is 1 to 5, or -1: {self.nth}")
        _check(_within((self.day,), 1, 7), f"an ISO weekday is 1 to 7: {self.day}")


@dataclass(frozen=True, slots=True)
class MonthlyWorkingDay:
    """On the nth (1…, or -1 for the last) working day of the month; the last one where the month has fewer."""

    nth: int

    def __post_init__(self) -> None:
        _check(self.nth == LAST or _within((self.nth,), 1, 31), f"nth is 1 to 31, or -1: {self.nth}")


@dataclass(frozen=True, slots=True)
class Yearly:
    """Once a year on a month and day (29 February falls on the 28th in common years)."""

    month: int
    day: int

    def __post_init__(self) -> None:
        date(_LEAP_YEAR, self.month, self.day)  # raises ValueError for a date that no year has


@dataclass(frozen=True, slots=True)
class Once:
    """On one date only."""

    on: date


Rule = Daily | WorkingDays | Weekly | MonthlyDate | MonthlyWeekday | MonthlyWorkingDay | Yearly | Once


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A rule, the local times of a day that it names (ascending, at least one, whole minutes), its closed-day policy.

    Which days are closed depends on the rule. Rules of the week (daily, weekly, nth weekday) name their weekdays: only
    holidays and own closures close those. Rules of a date (monthly on a date, yearly) SKIP on holidays, and go to a
    working day BEFORE or AFTER. A one-off never skips, for it would be lost. Bad values raise ValueError.
    """

    rule: Rule
    times: tuple[time, ...]
    closed: Closed = Closed.SKIP

    def __post_init__(self) -> None:
        _check(_ascending(self.times), f"ascending local times, at least one: {self.times}")
        whole = all(at.tzinfo is None and not (at.second or at.microsecond or at.fold) for at in self.times)
        _check(whole, f"local times are naive and of whole minutes: {self.times}")


def nominals(rhythm: Rhythm, calendar: WorkCalendar, after: datetime) -> Iterator[datetime]:
    """The nominal local moments (naive) strictly after `after` (naive), strictly increasing, each once.

    Endless, but for a one-off and for a rule whose dates are closed twelve years running (1 January, skipped).
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
    return f"{_rule_text(rhythm.rule)}@{','.join(f'{at:%H:%M}' for at in rhythm.times)}!{rhythm.closed}"


@lru_cache(maxsize=4096)
def from_text(text: str) -> Rhythm:
    """The rhythm that :func:`to_text` wrote; ValueError for anything else."""
    found = re.fullmatch(r"([a-z]+)(?::([-\d/,]+))?@([\d:,]+)!([a-z]+)", text)
    if found is None:
        raise ValueError(f"not the notation of a rhythm: {text[:80]!r}")
    kind, args, times, closed = found.groups(default="")
    return Rhythm(_rule(kind, args.split("/")), tuple(map(time.fromisoformat, times.split(","))), Closed(closed))


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
    """The dates of the rule from `since` on, once the closed-day policy has moved, dropped and merged them.

    A moved date goes to the nearest day open *for this rule*, so that the order of the dates never changes.
    """
    settle = _policy(rhythm, calendar)
    last = None
    for day in _dates(rhythm.rule, calendar, since):
        if day.year > (last or since).year + _BARREN_YEARS and not isinstance(rhythm.rule, Once):
            return
        settled = settle(day)
        if settled is not None and (last is None or settled > last):
            last = settled
            yield settled


def _policy(rhythm: Rhythm, calendar: WorkCalendar) -> Callable[[date], date | None]:
    named = _weekdays(rhythm.rule)
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


def _weekdays(rule: Rule) -> frozenset[int]:
    """The weekdays that a rule names, and that are therefore open for it even outside the team's week."""
    match rule:
        case Daily():
            return frozenset(range(1, 8))
        case Weekly():
            return frozenset(rule.days)
        case MonthlyWeekday():
            return frozenset((rule.day,))
        case _:
            return frozenset()


def _dates(rule: Rule, calendar: WorkCalendar, since: date) -> Iterator[date]:
    """The dates of a rule, ascending, from `since` or a little before it on, before any closed-day policy."""
    match rule:
        case Daily():
            return _every_day(since)
        case WorkingDays():
            return _working_days(calendar, since)
        case Weekly():
            return _weekly(rule, since)
        case Yearly():
            return (_clamped(year, rule.month, rule.day) for year in range(since.year, _LAST_YEAR))
        case Once():
            return iter((rule.on,) if rule.on >= since else ())
        case MonthlyDate() | MonthlyWeekday() | MonthlyWorkingDay():
            return _monthly(rule, calendar, since)
        case _:
            assert_never(rule)


def _every_day(since: date) -> Iterator[date]:
    while True:
        yield since
        since += DAY


def _working_days(calendar: WorkCalendar, since: date) -> Iterator[date]:
    day = since - DAY
    while True:
        day = calendar.next_working(day)
        yield day


def _weekly(rule: Weekly, since: date) -> Iterator[date]:
    monday = _monday(since)
    if rule.anchor is not None:
        monday -= (monday - _monday(rule.anchor)) % timedelta(weeks=rule.every)
    while True:
        for day in rule.days:
            yield monday + timedelta(days=day - 1)
        monday += timedelta(weeks=rule.every)


def _monthly(
    rule: MonthlyDate | MonthlyWeekday | MonthlyWorkingDay, calendar: WorkCalendar, since: date
) -> Iterator[date]:
    for index in range(since.year * _MONTHS + since.month - 1, _LAST_YEAR * _MONTHS):
        year, month = index // _MONTHS, index % _MONTHS + 1
        match rule:
            case MonthlyDate():
                yield _clamped(year, month, rule.day)
            case MonthlyWorkingDay():
                yield calendar.nth_working(year, month, rule.nth)
            case MonthlyWeekday():
                if found := nth_weekday(year, month, rule):
                    yield found


def nth_weekday(year: int, month: int, rule: MonthlyWeekday) -> date | None:
    """The date of the rule in one month, or None where the month has no fifth such weekday."""
    if rule.nth == LAST:
        last = _clamped(year, month, 31)
        return last - timedelta(days=(last.isoweekday() - rule.day) % 7)
    first = date(year, month, 1)
    found = first + timedelta(days=(rule.day - first.isoweekday()) % 7 + 7 * (rule.nth - 1))
    return found if found.month == month else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, civil.monthrange(year, month)[1]))


def _ascending(values: tuple[int, ...] | tuple[time, ...]) -> bool:
    return bool(values) and all(a < b for a, b in pairwise(values))  # type: ignore[operator]


def _within(values: tuple[int, ...], low: int, high: int) -> bool:
    return all(low <= value <= high for value in values)


def _check(fine: bool, message: str) -> None:  # noqa: FBT001
    if not fine:
        raise ValueError(message)
