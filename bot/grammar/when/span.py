"""Lengths of time: "un quart d’heure", "1h30", "quinze jours", "an hour and a half", "3 working days"."""

from __future__ import annotations

from dataclasses import dataclass

from bot.grammar.when.tokens import Clock, Number, Token, Tokens, Unit, UnitName, Word

_SIXTY = 60


@dataclass(frozen=True, slots=True)
class Span:
    """A number of one unit: minutes are exact, the others count days of the calendar."""

    count: int
    unit: UnitName


def span(tokens: Tokens) -> Span | None:
    """The length that these tokens say, all of them; None when they do not say one."""
    match tokens:
        case [Number(hours), Unit("hour"), *rest]:
            return _hours(hours, rest)
        case [Number(hours), Word("and half"), Unit("hour")]:
            return Span(hours * _SIXTY + 30, "minute")
        case [Clock(hours, minute, True), *rest]:
            return _hours(hours, [Number(minute), *rest] if minute else rest)
        case [Number(count), Unit(name)]:
            return Span(count, name)
        case _:
            return None


def _hours(hours: int, rest: list[Token]) -> Span | None:
    match rest:
        case []:
            minutes = 0
        case [Number(minutes)] | [Number(minutes), Unit("minute")] | [Word("and"), Number(minutes), Unit("minute")]:
            pass
        case [Word("and half")]:
            minutes = 30
        case [Word("and quarter")]:
            minutes = 15
        case _:
            return None
    return Span(hours * _SIXTY + minutes, "minute")
