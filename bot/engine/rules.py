"""The rules by which something recurs, and the dates that each of them names, before any closed day moves them."""

from __future__ import annotations

import calendar as civil
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import time

    from bot.teams.calendar import WorkCalendar

DAY = timedelta(days=1)
LAST = -1
_MONTHS = 12
_LEAP_YEAR = 2024
_LAST_YEAR = 9000


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
        check(ascending(self.days) and within(self.days, 1, 7), f"ascending ISO weekdays, at least one: {self.days}")
        check(within((self.every,), 1, 52), f"every 1 to 52 weeks: {self.every}")
        check(self.every == 1 or self.anchor is not None, "every N weeks needs the week that it is counted from")

    def in_turn(self, day: date) -> bool:
        """Tell whether the week of a day is one that counts."""
        if self.anchor is None:
            return True
        return not (_monday(day) - _monday(self.anchor)) % timedelta(weeks=self.every)

    def first_from(self, day: date) -> date:
        """Return the first date of the rule from `day` on."""
        while day.isoweekday() not in self.days or not self.in_turn(day):
            day += DAY
        return day

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
        check(within((self.day,), 1, 31), f"a day of the month is 1 to 31: {self.day}")


@dataclass(frozen=True, slots=True)
class MonthlyWeekday:
    """On the nth (1-5, or -1 for the last) ISO weekday of the month; a month without a fifth one has none."""

    nth: int
    day: int

    def __post_init__(self) -> None:
        check(self.nth == LAST or within((self.nth,), 1, 5), f"nth is 1 to 5, or -1: {self.nth}")
        check(within((self.day,), 1, 7), f"an ISO weekday is 1 to 7: {self.day}")


@dataclass(frozen=True, slots=True)
class MonthlyWorkingDay:
    """On the nth (1…, or -1 for the last) working day of the month; the last one where the month has fewer."""

    nth: int

    def __post_init__(self) -> None:
        check(self.nth == LAST or within((self.nth,), 1, 31), f"nth is 1 to 31, or -1: {self.nth}")


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


def weekdays_of(rule: Rule) -> frozenset[int]:
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


def dates_of(rule: Rule, calendar: WorkCalendar, since: date) -> Iterator[date]:
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
                if day := nth_weekday(year, month, rule):
                    yield day


def nth_weekday(year: int, month: int, rule: MonthlyWeekday) -> date | None:
    """The date of the rule in one month, or None where the month has no fifth such weekday."""
    if rule.nth == LAST:
        last = _clamped(year, month, 31)
        return last - timedelta(days=(last.isoweekday() - rule.day) % 7)
    first = date(year, month, 1)
    day = first + timedelta(days=(rule.day - first.isoweekday()) % 7 + 7 * (rule.nth - 1))
    return day if day.month == month else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, civil.monthrange(year, month)[1]))


def ascending(values: tuple[int, ...] | tuple[time, ...]) -> bool:
    """Tell whether there are values, each greater than the one before."""
    return bool(values) and all(a < b for a, b in pairwise(values))  # type: ignore[operator]


def within(values: tuple[int, ...], low: int, high: int) -> bool:
    """Tell whether every value is between two bounds, both included."""
    return all(low <= value <= high for value in values)


def check(fine: bool, message: str) -> None:  # noqa: FBT001
    """Raise ValueError with this message unless the condition holds."""
    if not fine:
        raise ValueError(message)
