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
    """Context of a typed day: the asker's date, the team's calendar, the habits of the language."""

    today: date
    calendar: WorkCalendar
    month_first: bool
    monday: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "monday", self.today - timedelta(days=self.today.weekday()))


def day(tokens: Tokens, context: Here) -> Days | None:
    """The day that these tokens say, all of them; None when they do not say one. Raises ImpossibleError."""
    match tokens:
        case [Word("on"), *rest]:
            return day(tuple(rest), context)
        case [Word("the"), Weekday(), *rest] if rest:
            return _weekday(tokens[1:], context)
        case [Word("the"), *rest]:
            return dated(tuple(rest), context) or _of_month(tuple(rest), context) or _day_of_month(tuple(rest), context)
        case [Day(offset)]:
            return _only(context.today + timedelta(days=offset))
        case [Day(offset), Shift(days)] | [Shift(days), Day(offset)]:
            return _only(context.today + timedelta(days=offset + days))
        case [Word("next working day")]:
            return _only(context.calendar.next_working(context.today))
        case [Word("end of month")]:
            return _only(context.calendar.nth_working(context.today.year, context.today.month, LAST))
        case [Word("end of week")]:
            return Days(_week(context, context.monday)[-1:])
        case [Word("next week")]:
            return Days(_week(context, context.monday + _WEEK))
        case _:
            return _weekday(tokens, context) or dated(tokens, context) or _of_month(tokens, context)


def civil_day(tokens: Tokens, context: Here) -> Days | None:
    """A day that can be told without knowing which days the team works."""
    return None if any(token in _OF_THE_TEAM for token in tokens) else day(tokens, context)


def without_year(number: int, month: int, today: date) -> date:
    """The next such date from today on; one of the last three months is that past one (so that it is refused)."""
    for year in range(today.year, today.year + _YEARS_AHEAD):
        if number <= civil.monthrange(year, month)[1]:
            exact_date = date(year, month, number)
            if exact_date >= today - _RECENT:
                return exact_date
    raise ImpossibleError


def dated(tokens: Tokens, context: Here) -> Days | None:
    """A date in figures or with its month's name, with or without its year."""
    match tokens:
        case [Iso(year, month, number)]:
            return _only(_date(year, month, number))
        case [Slashed() as written]:
            return _slashed(written, context)
        case [Number(number) | Ordinal(number), Month(month), *rest]:
            return _named(number, month, tuple(rest), context)
        case [Number(number) | Ordinal(number), Word("of"), Month(month), *rest]:
            return _named(number, month, tuple(rest), context)
        case [Month(month), Number(number) | Ordinal(number), *rest]:
            return _named(number, month, tuple(rest), context)
        case _:
            return None


def _named(number: int, month: int, rest: Tokens, context: Here) -> Days | None:
    match rest:
        case []:
            return _only(_next(number, month, context.today))
        case [Number(year)] if year >= 1000:  # noqa: PLR2004 (four figures)
            return _only(_date(year, month, number))
        case _:
            return None


def _slashed(written: Slashed, context: Here) -> Days:
    """Day first; in English the month may come first, and one asks when both are possible."""
    orders = [(written.first, written.second)]
    if context.month_first and written.first != written.second:
        orders.append((written.second, written.first))
    dates = tuple(_readings(orders, written.year, context.today))
    if not dates:
        raise ImpossibleError
    return Days(dates, "when.which_date")


def _readings(orders: list[tuple[int, int]], year: int | None, today: date) -> Iterator[date]:
    for number, month in orders:
        try:
            yield _next(number, month, today) if year is None else _date(year, month, number)
        except ImpossibleError:
            continue


def _week(context: Here, monday: date) -> tuple[date, ...]:
    """The working days of a week; its Monday where there is none."""
    week = [monday + timedelta(days=number) for number in range(7)]
    return tuple(filter(context.calendar.is_working, week)) or (monday,)


def _weekday(tokens: Tokens, context: Here) -> Days | None:
    match tokens:
        case [Weekday(day, False)]:
            return Days(_coming(day, context))
        case [Word("this"), Weekday(day)] | [Weekday(day), Word("this week")] | [Word("this week"), Weekday(day)]:
            return _only(context.monday + timedelta(days=day - 1))
        case [Weekday(day), Word("next week")] | [Word("next week"), Weekday(day)]:
            return _only(context.monday + _WEEK + timedelta(days=day - 1))
        case [Weekday(day), Word("next")] | [Word("next"), Weekday(day)]:
            # The next one to come, or the one of next week? People mean both, so both are readings.
            first = context.today + timedelta(days=(day - context.today.isoweekday() - 1) % 7 + 1)
            return Days(tuple(sorted({first, context.monday + _WEEK + timedelta(days=day - 1)})))
        case [Weekday(day), Shift(days)] | [Shift(days), Weekday(day)]:
            return Days(tuple(weekday_date + timedelta(days=days) for weekday_date in _coming(day, context)))
        case [Weekday(day), Unit("week")]:
            return Days(tuple(weekday_date + _WEEK for weekday_date in _coming(day, context)))
        case [Weekday(day), *rest] if rest:
            return _checked(day, tuple(rest), context)
        case _:
            return None


def _coming(day: int, context: Here) -> tuple[date, ...]:
    """The first such weekday from today on; when that is today, the one after it may be meant too."""
    ahead = (day - context.today.isoweekday()) % 7
    first = context.today + timedelta(days=ahead)
    return (first,) if ahead else (first, first + _WEEK)


def _checked(weekday: int, rest: Tokens, context: Here) -> Days | None:
    """A date that also names its weekday: they have to agree."""
    bare = rest[1:] if rest[0] == Word("the") else rest
    days = dated(bare, context) or _day_of_month(bare, context)
    if days is None:
        return None
    agreed = tuple(candidate for candidate in days.dates if candidate.isoweekday() == weekday)
    if not agreed:
        raise OtherWeekdayError(days.dates[0])
    return Days(agreed, days.question)


def _of_month(tokens: Tokens, context: Here) -> Days | None:
    """Something of this month or of the next: "le 15 du mois prochain", "the last working day of the month"."""
    match tokens:
        case [*what, Word("of month")]:
            this, following = (_in_month(tuple(what), context, months) for months in (0, 1))
            return this if this is None or this.dates[0] >= context.today else following
        case [*what, Word("of next month")]:
            return _in_month(tuple(what), context, 1)
        case _:
            return None


def _in_month(day_tokens: Tokens, context: Here, months: int) -> Days | None:
    first = shifted(context.today.replace(day=1), months)
    match day_tokens:
        case [Number(number) | Ordinal(number)] if number > 0:
            return _only(_date(first.year, first.month, number))
        case [Ordinal(-1), Unit("day")]:
            return _only(first.replace(day=civil.monthrange(first.year, first.month)[1]))
        case [Ordinal(nth), Unit("working")] if nth:
            return _only(context.calendar.nth_working(first.year, first.month, nth))
        case [Ordinal(nth), Weekday(weekday)] if nth in {-1, 1, 2, 3, 4, 5}:
            match = nth_weekday(first.year, first.month, MonthlyWeekday(nth, weekday))
            if match is None:
                raise ImpossibleError
            return _only(match)
        case _:
            return None


def _day_of_month(tokens: Tokens, context: Here) -> Days | None:
    """The next 15th ("le 15"), in the first month that has it."""
    match tokens:
        case [Number(number) | Ordinal(number)]:
            for months in range(3):
                first = shifted(context.today.replace(day=1), months)
                if 1 <= number <= civil.monthrange(first.year, first.month)[1]:
                    candidate = first.replace(day=number)
                    if candidate >= context.today:
                        return _only(candidate)
            raise ImpossibleError
        case _:
            return None


def shifted(day: date, months: int) -> date:
    """Return the same day some months later, the last day of a shorter month."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, civil.monthrange(year, month + 1)[1]))


def _only(single: date) -> Days:
    return Days((single,))


def _next(number: int, month: int, today: date) -> date:
    if not (1 <= month <= _MONTHS and number >= 1):
        raise ImpossibleError
    return without_year(number, month, today)


def _date(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError as error:
        raise ImpossibleError from error
