"""The rule of a rhythm: "tous les jours ouvrés", "un lundi sur deux", "on the last friday of the month"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.engine.rhythm import (
    Daily,
    MonthlyDate,
    MonthlyWeekday,
    MonthlyWorkingDay,
    Once,
    Rule,
    Weekly,
    WorkingDays,
    Yearly,
)
from bot.grammar.when.day import civil_day, dated
from bot.grammar.when.tokens import Month, Number, Ordinal, Slashed, Tokens, Unit, Weekday, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.grammar.when.day import Here
    from bot.grammar.when.tokens import Token

_MONTH_END = 31
_LEAP_YEAR = 2024
_DAYS_A_WEEK = 7
_MONTHLY = (Word("of month"), Word("every month"))
_BETWEEN = (Word("and"), Word(","), Word("the"), Word("on"))


@dataclass(frozen=True, slots=True)
class Said:
    """The rules that were perhaps meant, what to ask if several, and the number of times a day that was announced."""

    rules: tuple[Rule, ...]
    question: str = "rhythm.which_rule"
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """From when every N weeks counts: `since` when it was said, otherwise from today on."""

    context: Here
    since: date | None


def rule(tokens: Tokens, start: Start) -> Said | None:
    """The rule that these tokens say, all of them; None when they do not say one. Raises ImpossibleError."""
    match tokens:
        case [*rest, Word("," | "on")] if rest:
            return rule(tuple(rest), start)
        case [Word("once"), *rest]:
            return _once(rest, start)
        case [Number(count), Word("times"), *rest]:
            return _counted(count, tuple(rest))
        case [*rest, Word("every month")] | [Word("every month"), *rest]:
            return _monthly(tuple(rest))
        case [*rest, Word("of month")]:
            return _monthly(tuple(rest))
        case [*rest, Word("every year")] | [Word("every year"), *rest]:
            return _yearly(_trimmed(rest), start)
        case _:
            return _of_days(tokens) or _weekly(tokens, start)


def _single(single: Rule) -> Said:
    return Said((single,))


def _trimmed(tokens: Sequence[Token]) -> Tokens:
    """Without the small words that stand between what is said and what it is said of."""
    rest = list(tokens)
    while rest and rest[0] in _BETWEEN:
        rest = rest[1:]
    while rest and rest[-1] in _BETWEEN:
        rest = rest[:-1]
    return tuple(rest)


def _once(rest: Sequence[Token], start: Start) -> Said | None:
    days = civil_day(_trimmed(rest), start.context)
    if days is None:
        return None
    return Said(tuple(Once(day) for day in days.dates), days.question)


def _counted(count: int, rest: Tokens) -> Said | None:
    """Read a count: "deux fois par jour" announces two times of day, "deux fois par semaine" two weekdays."""
    match rest:
        case [Word("a day")] | [Number(1), Unit("day")]:
            return Said((Daily(),), count=count)
        case [Word("every week"), *days]:
            weekdays = _weekdays(_trimmed(days))
            return _single(Weekly(weekdays)) if weekdays and len(weekdays) == count else None
        case _:
            return None


def _of_days(tokens: Tokens) -> Said | None:
    match tokens:
        case [Word("every"), Unit("day")]:
            return _single(Daily())
        case [Word("every"), Unit("day"), Word("of" | "from"), *days]:
            return _plain(_weekdays(tuple(days)))
        case [Word("every") | Word("the") | Word("on"), Unit("working")] | [Unit("working")]:
            return _single(WorkingDays())
        case [Word("every month end")]:
            return _single(MonthlyDate(_MONTH_END))
        case _:
            return None


def _monthly(tokens: Tokens) -> Said | None:
    match _trimmed(list(tokens)):
        case [Word("every"), *rest] if rest:
            return _monthly(tuple(rest))
        case [Number(number) | Ordinal(number)] if 1 <= number <= _MONTH_END:
            return _single(MonthlyDate(number))
        case [Ordinal(-1), Unit("day")]:
            return _single(MonthlyDate(_MONTH_END))
        case [Ordinal(nth), Unit("working")] if nth == -1 or 1 <= nth <= _MONTH_END:
            return _single(MonthlyWorkingDay(nth))
        case [Ordinal(nth), Weekday(weekday)] if nth in {-1, 1, 2, 3, 4, 5}:
            return _single(MonthlyWeekday(nth, weekday))
        case _:
            return None


def _yearly(tokens: Tokens, start: Start) -> Said | None:
    """A day and a month; a year or a weekday would contradict "every year"."""
    match tokens:
        case [Number() | Ordinal(), Month()] | [Month(), Number() | Ordinal()] | [Slashed(_, _, None)]:
            days = dated(tokens, start.context)
        case [Number() | Ordinal(), Word("of"), Month()]:
            days = dated(tokens, start.context)
        case _:
            return None
    return None if days is None else Said(tuple(Yearly(day.month, day.day) for day in days.dates), days.question)


def _weekly(tokens: Tokens, start: Start) -> Said | None:
    match tokens:
        case [Number(1), Weekday(weekday), Word("out of"), Number(every)]:
            return _spaced((weekday,), every, start)
        case [Number(1), Unit("week"), Word("out of"), Number(every), *days]:
            return _spaced(_weekdays(_trimmed(days)), every, start)
        case [Word("every"), Word("other"), Unit("week"), *days]:
            return _spaced(_weekdays(_trimmed(days)), 2, start)
        case [Word("every"), Word("other"), *days]:
            return _spaced(_weekdays(tuple(days)), 2, start)
        case [Word("every"), Number(every), Unit("week"), *days]:
            return _spaced(_weekdays(_trimmed(days)), every, start)
        case [Word("every"), Number(count), Unit("day"), *days] if count % _DAYS_A_WEEK == 0:
            return _spaced(_weekdays(_trimmed(days)), count // _DAYS_A_WEEK, start)
        case [Word("every"), Number(every), Weekday(), *_]:
            return _spaced(_weekdays(tokens[2:]), every, start)
        case [Word("every"), Ordinal(1 | -1 as nth), Weekday(weekday)]:
            return _single(MonthlyWeekday(nth, weekday))
        case [Word("every"), Ordinal(nth), Weekday(weekday)] if nth in {2, 3, 4}:
            return _nth_of_what(nth, weekday, start)
        case [Word("every" | "every week"), *days]:
            return _plain(_weekdays(_trimmed(days)))
        case [Word("of" | "from"), Weekday(), Word("to" | "at"), Weekday()]:
            return _plain(_weekdays(tokens[1:]))
        case [Word("the" | "on"), *days]:
            return _plain(_weekdays(tuple(days)))
        case [Weekday(_, True), *_] | [Weekday(), Word("to"), Weekday()]:
            return _plain(_weekdays(tokens))
        case _:
            return None


def _plain(weekdays: tuple[int, ...] | None) -> Said | None:
    return _single(Weekly(weekdays)) if weekdays else None


def _nth_of_what(nth: int, weekday: int, start: Start) -> Said | None:
    """Every second Tuesday: every other one, or the second of each month? Asked."""
    spaced = _spaced((weekday,), nth, start)
    return None if spaced is None else Said((*spaced.rules, MonthlyWeekday(nth, weekday)))


def _spaced(weekdays: tuple[int, ...] | None, every: int, start: Start) -> Said | None:
    """Every N weeks, counted from the first of its days to come; when that is today, one has to ask."""
    if not weekdays or not 1 <= every <= 52:  # noqa: PLR2004 (weeks)
        return None
    if every == 1:
        return _single(Weekly(weekdays))
    first = start.since or start.context.today
    while first.isoweekday() not in weekdays:
        first += timedelta(days=1)
    monday = first - timedelta(days=first.weekday())
    anchors = [monday]
    if start.since is None and first == start.context.today:
        anchors.append(monday + timedelta(weeks=1))
    return Said(tuple(Weekly(weekdays, every, anchor) for anchor in anchors), "rhythm.which_week")


def _weekdays(tokens: Tokens) -> tuple[int, ...] | None:
    """Weekdays in a list or from one to another, ascending; None when the tokens hold anything else."""
    match tokens:
        case [Weekday(first), Word("to" | "at"), Weekday(last)] if first < last:
            return tuple(range(first, last + 1))
        case _:
            weekdays = [token.day for token in tokens if isinstance(token, Weekday)]
            rest_tokens = [token for token in tokens if not isinstance(token, Weekday)]
    if not weekdays or not isinstance(tokens[-1], Weekday) or any(token not in _BETWEEN for token in rest_tokens):
        return None
    return tuple(sorted(set(weekdays)))
