"""Times of day: "9h30", "neuf heures et demie", "4pm", "midi", "half past nine", "8 h du soir"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from bot.grammar.when.tokens import Clock, Number, Part, Token, Tokens, Unit, Word

DAY_OPENS = time(9)
DAY_CLOSES = time(18)
_NOON = 12
_HOURS = 24
_SIXTY = 60
_AROUND = {"half past": 30, "quarter past": 15, "quarter to": -15}


class ImpossibleError(Exception):
    """Error for text in the form of a moment whose time or date does not exist."""


class OtherWeekdayError(ImpossibleError):
    """A date was typed with a weekday that it does not have; `date` is that date."""

    def __init__(self, date: date) -> None:
        super().__init__(date)
        self.date = date


@dataclass(frozen=True, slots=True)
class Times:
    """The readings of a time of day, as (days to add, time); several when it is ambiguous."""

    readings: tuple[tuple[int, time], ...]
    question: str = "when.which_hour"


def clock(tokens: Tokens, part: Part | None = None) -> Times | None:
    """The time that these tokens say, all of them; None when they do not say one. Raises ImpossibleError."""
    match tokens:
        case [Word("at"), *rest] if rest:
            return clock(tuple(rest), part)
        case [Word("midnight")]:
            # The night between two days: of which of them it is "midnight", nobody agrees.
            return Times(((0, time(0)), (1, time(0))), "when.which_midnight")
        case [Word("noon"), *rest]:
            return _whole(_NOON, _fraction(rest), part)
        case [Clock(hour, minute), *rest]:
            return _whole(hour, minute if not rest else _fraction(rest), part)
        case [Number(hour), Unit("hour"), *rest]:
            return _whole(hour, _fraction(rest), part)
        case [Number(hour), Word("o’clock")] | [Number(hour)]:
            return _bare(hour, 0, part)
        case [Word("half past" | "quarter past" | "quarter to" as said), Number(hour)]:
            return _bare(hour, _AROUND[said], part)
        case [Word("half past" | "quarter past" | "quarter to" as said), Clock(hour, 0)]:
            return _whole(hour, _AROUND[said], part)
        case _:
            return None


def _fraction(rest: list[Token]) -> int | None:
    """Minutes said after the hour; negative when they are before it; None when these are no minutes."""
    match rest:
        case []:
            return 0
        case [Number(minute)] | [Number(minute), Unit("minute")]:
            return minute
        case [Word("and half")]:
            return 30
        case [Word("and quarter")]:
            return 15
        case [Word("minus quarter")]:
            return -15
        case _:
            return None


def _whole(hour: int, minute: int | None, part: Part | None) -> Times | None:
    """An hour of twenty-four, unless a part of the day says otherwise ("8 h du soir")."""
    if minute is None:
        return None
    if part and hour < _NOON and not part.low <= hour < part.high and part.low <= hour + _NOON < part.high:
        hour += _NOON
    at = _time(hour, minute)
    if part and not part.low <= at.hour < part.high:
        raise ImpossibleError
    return Times(((0, at),))


def _bare(hour: int, minute: int, part: Part | None) -> Times | None:
    """An hour with nothing to tell morning from evening: one to eleven are asked about."""
    if part or not 1 <= hour < _NOON:
        return _whole(hour, minute, part)
    return Times(tuple((0, _time(candidate, minute)) for candidate in (hour, hour + _NOON)))


def _time(hour: int, minute: int) -> time:
    total = hour * _SIXTY + minute
    if not (hour < _HOURS and minute < _SIXTY and total >= 0):
        raise ImpossibleError
    return time(*divmod(total, _SIXTY))
