"""Bounds of a rhythm: "à partir du 4 janvier", "jusqu’au 31 décembre", "5 fois", "du 1er au 24 décembre", "in May"."""

from __future__ import annotations

import calendar as civil
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from bot.engine.rhythm import Bounds
from bot.grammar.when.clock import ImpossibleError
from bot.grammar.when.day import Days, Here, civil_day
from bot.grammar.when.tokens import Month, Number, Ordinal, Unit, Weekday, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.grammar.when.tokens import Token, Tokens

_LONGEST_DATE = 6
"""Tokens of the longest date: "le vendredi 4 de janvier 2027"."""
_FOUR_FIGURES = 1000
_PERIODS = (Word("a day"), Word("every week"), Word("every month"), Word("every year"))


class OverError(Exception):
    """Report bounds that end in the past; `end` is their last date."""

    def __init__(self, end: date) -> None:
        super().__init__(end)
        self.end = end


@dataclass(frozen=True, slots=True)
class Bounded:
    """The tokens of a rhythm without its bounds, and the readings of these (several where a date has several)."""

    rest: Tokens
    readings: tuple[Bounds, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """The number of tokens that say a bound, and its value; a date has one or more readings."""

    size: int = 0
    start: tuple[date, ...] = ()
    end: tuple[date, ...] = ()
    count: int | None = None
    months: tuple[int, int] | None = None

    def merge(self, other: _Part) -> _Part | None:
        """Join both, unless they say the same bound twice."""
        names = ("start", "end", "count", "months")
        if any(getattr(self, name) and getattr(other, name) for name in names):
            return None
        values = {name: getattr(self, name) or getattr(other, name) for name in names}
        return _Part(self.size + other.size, **values)


def read_bounds(tokens: Tokens, context: Here, first: date) -> Bounded | None:
    """Take the bounds out of a rhythm's tokens; None when they hold none, or one of them twice.

    `first` is the date from which a count runs when none is said. Raises ImpossibleError, OverError.
    """
    rest: list[Token] = []
    merged = _Part()
    place = 0
    while place < len(tokens):
        part = _read_part(tokens[place:], context, merged)
        if part is None:
            rest.append(tokens[place])
            place += 1
            continue
        both = merged.merge(part)
        if both is None:
            return None
        merged, place = both, place + part.size
    return Bounded(tuple(rest), _bounds(merged, context.today, first)) if merged.size else None


def _bounds(part: _Part, today: date, first: date) -> tuple[Bounds, ...]:
    """Build each reading of the bounds that are not over."""
    starts: Sequence[date | None] = part.start or ((None,) if part.count is None else (first,))
    ends: Sequence[date | None] = [end for end in part.end if end >= today]
    if part.end and not ends:
        raise OverError(max(part.end))
    readings: list[Bounds] = []
    for start, end in product(starts, ends or [None]):
        try:
            readings.append(Bounds(start, end, part.count, part.months))
        except ValueError:
            continue
    if not readings:
        raise ImpossibleError
    return tuple(readings)


def _read_part(tokens: Tokens, context: Here, merged: _Part) -> _Part | None:
    """Read the bound that these tokens begin with."""
    match tokens:
        case [Word("of" | "from"), Month(first), Word("at" | "to"), Month(last), *rest] if not _goes_on(rest):
            return _Part(4, months=(first, last))
        case [Word("in month" | "in"), Month(month), *rest] if not _goes_on(rest):
            return _Part(2, months=(month, month))
        case [Word("until"), *rest]:
            after = _until(rest, context, merged)
        case [Number(count), Word("times"), *rest] if not _says_period(rest):
            return _Part(2, count=count)
        case [Word("of" | "from") as opening, *rest]:
            after = _range(rest, context) or (_start(rest, context) if opening == Word("from") else None)
        case _:
            return None
    if after is None:
        return None
    included = tokens[after.size + 1 : after.size + 2] == (Word("included"),)
    return _Part(after.size + 1 + included, after.start, after.end)


def _goes_on(rest: Sequence[Token]) -> bool:
    """Tell whether a month is the beginning of a date ("January 4")."""
    return bool(rest) and isinstance(rest[0], Number | Ordinal)


def _says_period(rest: Sequence[Token]) -> bool:
    """Tell "deux fois par jour" from "deux fois" in all."""
    return (bool(rest) and rest[0] in _PERIODS) or list(rest[:2]) == [Number(1), Unit("day")]


def _range(rest: Sequence[Token], context: Here) -> _Part | None:
    """Read "1er au 24 décembre": the month of the last date is that of the first one too, when it has none."""
    if Word("to") not in rest[1:_LONGEST_DATE] or isinstance(rest[0], Weekday):
        return None
    cut = rest.index(Word("to"))
    last = _read_day(rest[cut + 1 :], context)
    if last is None:
        return None
    size = cut + 1 + last[0]
    months = [token for token in rest[cut + 1 : size] if isinstance(token, Month)]
    starts = _whole_day([*rest[:cut], *months], context) or _whole_day(rest[:cut], context)
    if starts is None or len(starts.dates) > 1:
        return None
    last = _read_day(rest[cut + 1 :], Here(starts.dates[0], context.calendar, context.month_first))
    return _Part(size, starts.dates, last[1].dates) if last else None


def _start(rest: Sequence[Token], context: Here) -> _Part | None:
    """Read a first date, or a month for its first day; "from Monday to Friday" begins nothing."""
    match rest:
        case [Weekday(), Word("to" | "at"), Weekday(), *_]:
            return None
        case [Month(month), Number(year), *_] if year >= _FOUR_FIGURES:
            return _Part(2, (date(year, month, 1),))
        case [Month(month), *following] if not _goes_on(following):
            return _Part(1, (date(context.today.year + (month < context.today.month), month, 1),))
        case _:
            day = _read_day(rest, context)
            return _Part(day[0], day[1].dates) if day else None


def _until(rest: Sequence[Token], context: Here, merged: _Part) -> _Part | None:
    """Read a last date, counted from the first one when that is said before it."""
    since = max(context.today, *merged.start) if merged.start else context.today
    match rest:
        case [Word("end"), Month(month), *_]:
            return _Part(2, end=(_month_end(since.year + (month < since.month), month),))
        case [Word("end of month"), *_]:
            return _Part(1, end=(_month_end(since.year, since.month),))
        case [Word("end of year"), *_]:
            return _Part(1, end=(date(since.year, 12, 31),))
        case _:
            day = _read_day(rest, Here(since, context.calendar, context.month_first))
            return _Part(day[0], end=day[1].dates) if day else None


def _month_end(year: int, month: int) -> date:
    return date(year, month, civil.monthrange(year, month)[1])


def _read_day(rest: Sequence[Token], context: Here) -> tuple[int, Days] | None:
    """Read the longest beginning of the tokens that is a date: its size and its readings."""
    for size in range(min(len(rest), _LONGEST_DATE), 0, -1):
        days = _whole_day(rest[:size], context)
        if days is not None:
            return size, days
    return None


def _whole_day(tokens: Sequence[Token], context: Here) -> Days | None:
    """Read all of the tokens as a date, with or without its article."""
    for spelled in (tuple(tokens), (Word("the"), *tokens)):
        days = civil_day(spelled, context) if tokens else None
        if days is not None:
            return days
    return None
