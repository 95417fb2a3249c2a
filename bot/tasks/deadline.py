"""Deadlines relative to a start, on the team's wall clock (naive local times)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from bot.teams.calendar import WorkCalendar

LAST = -1
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class SameDay:
    """Deadline at a time of the day of the start; of the next working day when that time has passed at the start."""

    at: time

    def __post_init__(self) -> None:
        _check_time(self.at)


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """Deadline at a time of the next such ISO weekday (1 = Monday … 7), the day of the start included."""

    day: int
    at: time

    def __post_init__(self) -> None:
        _check_time(self.at)
        if self.day not in range(1, 8):
            raise ValueError(f"an ISO weekday is 1 to 7: {self.day}")


@dataclass(frozen=True, slots=True)
class OnWorkingDay:
    """Deadline at a time of the nth (1…, or -1 for the last) working day of the month of the start."""

    nth: int
    at: time

    def __post_init__(self) -> None:
        _check_time(self.at)
        if self.nth not in range(1, 32) and self.nth != LAST:
            raise ValueError(f"nth is 1 to 31, or -1: {self.nth}")


@dataclass(frozen=True, slots=True)
class Within:
    """Deadline a number of minutes after the start."""

    minutes: int

    def __post_init__(self) -> None:
        if self.minutes < 0:
            raise ValueError(f"a deadline is not before its start: {self.minutes} min")


Deadline = SameDay | OnWeekday | OnWorkingDay | Within


def deadline_of(deadline: Deadline, start: datetime, calendar: WorkCalendar) -> datetime:
    """Return the first deadline (naive local) at or after `start` (naive local).

    `Within` counts minutes of the wall clock: for a clock that must be exact across a change of offset (an alert), add
    the minutes to the instant instead.
    """
    match deadline:
        case SameDay():
            same_day = datetime.combine(start.date(), deadline.at)
            return same_day if same_day >= start else datetime.combine(calendar.next_working(start.date()), deadline.at)
        case OnWeekday():
            return _resolve_weekday(deadline, start, calendar)
        case OnWorkingDay():
            return _resolve_working_day(deadline, start, calendar)
        case Within():
            return start + timedelta(minutes=deadline.minutes)
        case _:
            assert_never(deadline)


def _resolve_weekday(deadline: OnWeekday, start: datetime, calendar: WorkCalendar) -> datetime:
    day = start.date() + timedelta(days=(deadline.day - start.isoweekday()) % 7)
    if datetime.combine(day, deadline.at) < start:
        day += timedelta(weeks=1)
    if not calendar.holiday(day):
        return datetime.combine(day, deadline.at)
    earlier = datetime.combine(calendar.previous_working(day), deadline.at)
    # No deadline lies before the start or on a closed day: a start on the eve of a closed day gets the day after it.
    return earlier if earlier >= start else datetime.combine(calendar.next_working(day), deadline.at)


def _resolve_working_day(deadline: OnWorkingDay, start: datetime, calendar: WorkCalendar) -> datetime:
    in_month = _nth_working_moment(deadline, start.date(), calendar)
    return (
        in_month if in_month >= start else _nth_working_moment(deadline, _first_of_next_month(start.date()), calendar)
    )


def _nth_working_moment(deadline: OnWorkingDay, day: date, calendar: WorkCalendar) -> datetime:
    return datetime.combine(calendar.nth_working(day.year, day.month, deadline.nth), deadline.at)


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // _MONTHS_A_YEAR, day.month % _MONTHS_A_YEAR + 1, 1)


def to_text(deadline: Deadline) -> str:
    """Write a deadline in its stable storage notation, such as `weekday:5@17:00`."""
    match deadline:
        case SameDay():
            return f"same@{deadline.at:%H:%M}"
        case OnWeekday():
            return f"weekday:{deadline.day}@{deadline.at:%H:%M}"
        case OnWorkingDay():
            return f"workday:{deadline.nth}@{deadline.at:%H:%M}"
        case Within():
            return f"within:{deadline.minutes}"
        case _:
            assert_never(deadline)


def from_text(text: str) -> Deadline:
    """Read the notation of :func:`to_text`; raise ValueError for any other text."""
    match = re.fullmatch(r"([a-z]+)(?::(-?\d+))?(?:@(\d\d:\d\d))?", text)
    match match.groups() if match else None:
        case "same", None, str(at):
            return SameDay(time.fromisoformat(at))
        case "weekday", str(day), str(at):
            return OnWeekday(int(day), time.fromisoformat(at))
        case "workday", str(nth), str(at):
            return OnWorkingDay(int(nth), time.fromisoformat(at))
        case "within", str(minutes), None:
            return Within(int(minutes))
        case _:
            raise ValueError(f"not the notation of a deadline: {text[:80]!r}")


def _check_time(at: time) -> None:
    if at.tzinfo is not None or at.second or at.microsecond or at.fold:
        raise ValueError(f"a local time is naive and of whole minutes: {at}")
