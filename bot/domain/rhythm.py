"""When something recurs: a rule, local times, and what a closed day does to it.

An occurrence is its *nominal* local date-time (naive), never an instant: the zone is applied last, by :func:`instant`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, time


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


@dataclass(frozen=True, slots=True)
class MonthlyDate:
    """On a day of the month, 1-31; the last day where the month is shorter."""

    day: int


@dataclass(frozen=True, slots=True)
class MonthlyWeekday:
    """On the nth (1-5, or -1 for the last) ISO weekday of the month."""

    nth: int
    day: int


@dataclass(frozen=True, slots=True)
class MonthlyWorkingDay:
    """On the nth (1…, or -1 for the last) working day of the month."""

    nth: int


@dataclass(frozen=True, slots=True)
class Yearly:
    """Once a year on a month and day (29 February falls on the 28th in common years)."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Once:
    """On one date only."""

    on: date


Rule = Daily | WorkingDays | Weekly | MonthlyDate | MonthlyWeekday | MonthlyWorkingDay | Yearly | Once


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A rule, the local times of a day that it names (ascending, at least one), and its closed-day policy."""

    rule: Rule
    times: tuple[time, ...]
    closed: Closed = Closed.SKIP
