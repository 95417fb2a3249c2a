"""Days: "après-demain", "vendredi prochain", "lundi en huit", "le 1er avril", "12/3", "last friday of the month"."""

from __future__ import annotations

import calendar as civil
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.engine.rhythm import MonthlyWeekday, nth_weekday
from bot.grammar.when.clock import ImpossibleError, OtherWeekdayError
from bot.grammar.when.tokens import Day, Iso, Month, Number, Ordinal, Shift, Slashed, Tokens, Unit, Weekday, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.teams.calendar import WorkCalendar

LAST = -1
_MONTHS = 12
_RECENT = timedelta(days=92)
_YEARS_AHEAD = 9
_WEEK = timedelta(weeks=1)
_OF_THE_TEAM = frozenset(
    {Word("next working day"), Word("next week"), Word("end of week"), Word("end of month"), Unit("working")}
)


@dataclass(frozen=True, slots=True)
class Days:
    """The readings of a day: several when it is ambiguous, and what to ask then."""

    dates: tuple[date, ...]
    question: str = "when.which_day"


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when something is said: the date there, the team's calendar, the habits of the language."""

    today: date
    calendar: WorkCalendar
    month_first: bool
    monday: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "monday", self.today - timedelta(days=self.today.weekday()))


def day(tokens: Tokens, here: Here) -> Days | None:
    """The day that these tokens say, all of them; None when they do not say one. Raises ImpossibleError."""
    match tokens:
        case [Word("on"), *rest]:
            return day(tuple(rest), here)
        case [Word("the"), Weekday(), *rest] if rest:
            return _weekday(tokens[1:], here)
        case [Word("the"), *rest]:
            return dated(tuple(rest), here) or _of_month(tuple(rest), here) or _day_of_month(tuple(rest), here)
        case [Day(offset)]:
            return _only(here.today + timedelta(days=offset))
        case [Day(offset), Shift(days)] | [Shift(days), Day(offset)]:
            return _only(here.today + timedelta(days=offset + days))
        case [Word("next working day")]:
            return _only(here.calendar.next_working(here.today))
        case [Word("end of month")]:
            return _only(here.calendar.nth_working(here.today.year, here.today.month, LAST))
        case [Word("end of week")]:
            return Days(_week(here, here.monday)[-1:])
        case [Word("next week")]:
            return Days(_week(here, here.monday + _WEEK))
        case _:
            return _weekday(tokens, here) or dated(tokens, here) or _of_month(tokens, here)


def civil_day(tokens: Tokens, here: Here) -> Days | None:
    """A day that can be told without knowing which days the team works."""
    return None if any(token in _OF_THE_TEAM for token in tokens) else day(tokens, here)


def without_year(number: int, month: int, today: date) -> date:
    """The next such date from today on; one of the last three months is that past one (so that it is refused)."""
    for year in range(today.year, today.year + _YEARS_AHEAD):
        if number <= civil.monthrange(year, month)[1]:
            found = date(year, month, number)
            if found >= today - _RECENT:
                return found
    raise ImpossibleError


def dated(tokens: Tokens, here: Here) -> Days | None:
    """A date in figures or with its month's name, with or without its year."""
    match tokens:
        case [Iso(year, month, number)]:
            return _only(_date(year, month, number))
        case [Slashed() as written]:
            return _slashed(written, here)
        case [Number(number) | Ordinal(number), Month(month), *rest]:
            return _named(number, month, tuple(rest), here)
        case [Number(number) | Ordinal(number), Word("of"), Month(month), *rest]:
            return _named(number, month, tuple(rest), here)
        case [Month(month), Number(number) | Ordinal(number), *rest]:
            return _named(number, month, tuple(rest), here)
        case _:
            return None


def _named(number: int, month: int, rest: Tokens, here: Here) -> Days | None:
    match rest:
        case []:
            return _only(_next(number, month, here.today))
        case [Number(year)] if year >= 1000:  # noqa: PLR2004 (four figures)
            return _only(_date(year, month, number))
        case _:
            return None


def _slashed(written: Slashed, here: Here) -> Days:
    """Day first; in English the month may come first, and one asks when both are possible."""
    orders = [(written.first, written.second)]
    if here.month_first and written.first != written.second:
        orders.append((written.second, written.first))
    dates = tuple(_readings(orders, written.year, here.today))
    if not dates:
        raise ImpossibleError
    return Days(dates, "when.which_date")


def _readings(orders: list[tuple[int, int]], year: int | None, today: date) -> Iterator[date]:
    for number, month in orders:
        try:
            yield _next(number, month, today) if year is None else _date(year, month, number)
        except ImpossibleError:
            continue


def _week(here: Here, monday: date) -> tuple[date, ...]:
    """The working days of a week; its Monday where there is none."""
    week = [monday + timedelta(days=number) for number in range(7)]
    return tuple(filter(here.calendar.is_working, week)) or (monday,)


def _weekday(tokens: Tokens, here: Here) -> Days | None:
    match tokens:
        case [Weekday(day, False)]:
            return Days(_coming(day, here))
        case [Word("this"), Weekday(day)] | [Weekday(day), Word("this week")] | [Word("this week"), Weekday(day)]:
            return _only(here.monday + timedelta(days=day - 1))
        case [Weekday(day), Word("next week")] | [Word("next week"), Weekday(day)]:
            return _only(here.monday + _WEEK + timedelta(days=day - 1))
        case [Weekday(day), Word("next")] | [Word("next"), Weekday(day)]:
            # The next one to come, or the one of next week? People mean both, so both are readings.
            first = here.today + timedelta(days=(day - here.today.isoweekday() - 1) % 7 + 1)
            return Days(tuple(sorted({first, here.monday + _WEEK + timedelta(days=day - 1)})))
        case [Weekday(day), Shift(days)] | [Shift(days), Weekday(day)]:
            return Days(tuple(found + timedelta(days=days) for found in _coming(day, here)))
        case [Weekday(day), Unit("week")]:
            return Days(tuple(found + _WEEK for found in _coming(day, here)))
        case [Weekday(day), *rest] if rest:
            return _checked(day, tuple(rest), here)
        case _:
            return None


def _coming(day: int, here: Here) -> tuple[date, ...]:
    """The first such weekday from today on; when that is today, the one after it may be meant too."""
    ahead = (day - here.today.isoweekday()) % 7
    found = here.today + timedelta(days=ahead)
    return (found,) if ahead else (found, found + _WEEK)


def _checked(weekday: int, rest: Tokens, here: Here) -> Days | None:
    """A date that also names its weekday: they have to agree."""
    bare = rest[1:] if rest[0] == Word("the") else rest
    found = dated(bare, here) or _day_of_month(bare, here)
    if found is None:
        return None
    agreed = tuple(one for one in found.dates if one.isoweekday() == weekday)
    if not agreed:
        raise OtherWeekdayError(found.dates[0])
    return Days(agreed, found.question)


def _of_month(tokens: Tokens, here: Here) -> Days | None:
    """Something of this month or of the next: "le 15 du mois prochain", "the last working day of the month"."""
    match tokens:
        case [*what, Word("of month")]:
            this, following = (_in_month(tuple(what), here, months) for months in (0, 1))
            return this if this is None or this.dates[0] >= here.today else following
        case [*what, Word("of next month")]:
            return _in_month(tuple(what), here, 1)
        case _:
            return None


def _in_month(what: Tokens, here: Here, months: int) -> Days | None:
    first = shifted(here.today.replace(day=1), months)
    match what:
        case [Number(number) | Ordinal(number)] if number > 0:
            return _only(_date(first.year, first.month, number))
        case [Ordinal(-1), Unit("day")]:
            return _only(first.replace(day=civil.monthrange(first.year, first.month)[1]))
        case [Ordinal(nth), Unit("working")] if nth:
            return _only(here.calendar.nth_working(first.year, first.month, nth))
        case [Ordinal(nth), Weekday(weekday)] if nth in {-1, 1, 2, 3, 4, 5}:
            found = nth_weekday(first.year, first.month, MonthlyWeekday(nth, weekday))
            if found is None:
                raise ImpossibleError
            return _only(found)
        case _:
            return None


def _day_of_month(tokens: Tokens, here: Here) -> Days | None:
    """The next 15th ("le 15"), in the first month that has it."""
    match tokens:
        case [Number(number) | Ordinal(number)]:
            for months in range(3):
                first = shifted(here.today.replace(day=1), months)
                if 1 <= number <= civil.monthrange(first.year, first.month)[1]:
                    found = first.replace(day=number)
                    if found >= here.today:
                        return _only(found)
            raise ImpossibleError
        case _:
            return None


def shifted(day: date, months: int) -> date:
    """The same day so many months later, the last one where that month is shorter."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, civil.monthrange(year, month + 1)[1]))


def _only(found: date) -> Days:
    return Days((found,))


def _next(number: int, month: int, today: date) -> date:
    if not (1 <= month <= _MONTHS and number >= 1):
        raise ImpossibleError
    return without_year(number, month, today)


def _date(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError as error:
        raise ImpossibleError from error
