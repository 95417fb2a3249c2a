"""A rhythm that a person typed: the same closed grammar as for a moment, with a rule instead of a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from bot.engine.rhythm import UNBOUNDED, Bounds, Closed, Rhythm, Weekly
from bot.errors import RefusalError
from bot.grammar.when.bounds import OverError, read_bounds
from bot.grammar.when.clock import DAY_OPENS, ImpossibleError, Times, clock
from bot.grammar.when.day import Here, civil_day
from bot.grammar.when.lexer import LONGEST, fold, lex, vocabulary
from bot.grammar.when.moments import both, quoted
from bot.grammar.when.rules import Said, Start, rule
from bot.grammar.when.say import say_rhythm, usual_policy
from bot.grammar.when.tokens import ClosedDays, Number, Part, Tokens, Unit, Word
from bot.teams.calendar import WorkCalendar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, time

    from bot.grammar.when.tokens import Token
    from bot.i18n import Language

_MOST_TIMES = 12
_MOST_CHOICES = 4


@dataclass(frozen=True, slots=True)
class AskRhythm:
    """Several rhythms fit what was typed: the key of the question, and the rhythms to choose from."""

    question: str
    choices: tuple[Rhythm, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of day with neither day nor rule: each reading, ascending (« à 9 » has two)."""

    readings: tuple[tuple[time, ...], ...]


def hours(text: str, *, language: Language) -> Hours | None:
    """The times that `text` says and nothing else (« à 10h », "at 9:00 and 17:00"); None when it is not that.

    A figure alone is no hour: it is as well the end of a name.
    """
    folded = fold(text)
    for spoken in both(language) if len(text) <= LONGEST else ():
        part, clock_tokens = _part(lex(folded, vocabulary(spoken)) or ())
        if not clock_tokens or (len(clock_tokens) == 1 and isinstance(clock_tokens[0], Number)):
            continue
        try:
            times = _times(clock_tokens, part)
        except ImpossibleError:
            times = None
        readings = tuple(_ascending(times)) if times and _few(times) else ()
        if readings:
            return Hours(readings)
    return None


def _few(times: tuple[Times, ...]) -> bool:
    return prod(len(choice.readings) for choice in times) <= _MOST_CHOICES


def _ascending(times: tuple[Times, ...]) -> Iterator[tuple[time, ...]]:
    """Each reading of the times, in order; two that are the same time are a slip."""
    for readings in product(*(choice.readings for choice in times)):
        at = tuple(sorted({moment for _, moment in readings}))
        if len(at) == len(times):
            yield at


def rhythm(text: str, *, language: Language, today: date, now: time | None = None) -> Rhythm | AskRhythm:
    """Read the rhythm that `text` says on `today` (local) at `now`; in `language` first, then in the other one.

    AskRhythm: more than one fits. RefusalError: over, impossible or not understood; its parameters hold an `example` to
    type. A rhythm without a time is at the opening, 9:00; one that says nothing of closed days does what
    :func:`bot.grammar.when.say.usual_policy` tells. A count ("5 fois") runs from its first date, else from today, or
    from tomorrow when today's time is past at `now`.
    """
    if len(text) > LONGEST:
        raise _refusal("rhythm.too_long", text, language)
    folded = fold(text)
    impossible = False
    for spoken in both(language):
        tokens = lex(folded, vocabulary(spoken))
        try:
            reading = (
                _read(tokens, Here(today, WorkCalendar(), vocabulary(spoken).month_first), now) if tokens else None
            )
        except ImpossibleError:
            reading, impossible = None, True
        except OverError as error:
            raise RefusalError("rhythm.over", date=error.end) from error
        if reading is not None:
            return reading
    raise _refusal("rhythm.impossible" if impossible else "rhythm.unknown", text, language)


def _refusal(key: str, text: str, language: Language) -> RefusalError:
    example = say_rhythm(Rhythm(Weekly((1,)), (DAY_OPENS,), Closed.AFTER), language)
    return RefusalError(key, text=quoted(text), example=example)


def _read(tokens: Tokens, context: Here, now: time | None) -> Rhythm | AskRhythm | None:
    """Read the tokens as a rule with its times, first without bounds, then with those that they hold."""
    rest_tokens, coming = _without_coming(tokens, context)
    policy, rest = _policy(rest_tokens)
    first = coming[0] if coming else None
    plain = _timed(rest, Start(context, first), policy)
    if plain is not None:
        return _bind([(plain, _bind_start(plain, UNBOUNDED, first))], context.today, now)
    bounded = read_bounds(rest, context, context.today)
    if bounded is None:
        return None
    timed = []
    for bounds in bounded.readings:
        reading = _timed(bounded.rest, Start(context, bounds.start or first), policy)
        if reading is not None:
            timed.append((reading, _bind_start(reading, bounds, first)))
    return _bind(timed, context.today, now)


def _bind_start(reading: Rhythm | AskRhythm, bounds: Bounds, first: date | None) -> Bounds:
    """Let every N weeks begin with the first of the next dates that an echo adds."""
    spaced = any(isinstance(choice.rule, Weekly) and choice.rule.every > 1 for choice in _choices(reading))
    return replace(bounds, start=first) if spaced and bounds.start is None else bounds


def _choices(reading: Rhythm | AskRhythm) -> tuple[Rhythm, ...]:
    return reading.choices if isinstance(reading, AskRhythm) else (reading,)


def _bind(
    readings: list[tuple[Rhythm | AskRhythm, Bounds]], today: date, now: time | None
) -> Rhythm | AskRhythm | None:
    """Put its bounds on each reading; one that cannot have them is none."""
    pairs = [(choice, bounds) for reading, bounds in readings for choice in _choices(reading)]
    bound = [_bound(choice, bounds, today, now) for choice, bounds in pairs]
    choices = tuple(dict.fromkeys(choice for choice in bound if choice is not None))
    if len(choices) <= 1:
        return choices[0] if choices else None
    questions = [reading.question for reading, _ in readings if isinstance(reading, AskRhythm)]
    return AskRhythm(questions[0] if questions else "when.which_day", choices[:_MOST_CHOICES])


def _bound(rhythm: Rhythm, bounds: Bounds, today: date, now: time | None) -> Rhythm | None:
    """Put bounds on a rhythm: every N weeks begins at its first date, a count at the first one still to come."""
    if bounds.count and bounds.start == today and now and rhythm.times[-1] <= now:
        bounds = replace(bounds, start=today + timedelta(days=1))
    if isinstance(rhythm.rule, Weekly) and rhythm.rule.every > 1:
        bounds = replace(bounds, start=rhythm.rule.first_from(bounds.start or today))
    try:
        return replace(rhythm, bounds=bounds)
    except ValueError:
        return None


def _without_coming(tokens: Tokens, context: Here) -> tuple[Tokens, tuple[date, ...]]:
    """Split off the next dates that an echo adds: "… (27 novembre, puis 4 décembre)"."""
    if Word("coming") not in tokens[1:]:
        return tokens, ()
    cut = tokens.index(Word("coming"))
    return tokens[:cut], _dates(tokens[cut + 1 :], context)


def _dates(tokens: Tokens, context: Here) -> tuple[date, ...]:
    dates: list[date] = []
    for part in _split(tokens):
        days = civil_day(part, context)
        if days is None or len(days.dates) > 1:
            raise ImpossibleError
        dates.append(days.dates[0])
    return tuple(dates)


def _split(tokens: Tokens) -> Iterator[Tokens]:
    """The parts that "and" and commas separate."""
    part: list[Token] = []
    for token in tokens:
        if token in {Word("and"), Word(",")}:
            if part:
                yield tuple(part)
            part = []
        else:
            part.append(token)
    if part:
        yield tuple(part)


def _policy(tokens: Tokens) -> tuple[Closed | None, Tokens]:
    policies = [token for token in tokens if isinstance(token, ClosedDays)]
    if len(policies) != 1:
        return None, tokens
    return policies[0].policy, tuple(token for token in tokens if token is not policies[0])


def _timed(tokens: Tokens, start: Start, policy: Closed | None) -> Rhythm | AskRhythm | None:
    """A rule and the times of day, in one order or the other."""
    part, rest = _part(tokens)
    for rule_tokens, clock_tokens in _cuts(rest):
        parsed_rule = rule(rule_tokens, start)
        times = _times(clock_tokens, part) if parsed_rule else None
        if parsed_rule and times:
            return _chosen(parsed_rule, times, policy)
    return None


def _part(tokens: Tokens) -> tuple[Part | None, Tokens]:
    """The part of the day, and the others; "every morning" is every day."""
    parts = [token for token in tokens if isinstance(token, Part)]
    if len(parts) != 1:
        return None, tokens
    place = tokens.index(parts[0])
    alone = place > 0 and tokens[place - 1] == Word("every")
    return parts[0], (*tokens[:place], *((Unit("day"),) if alone else ()), *tokens[place + 1 :])


def _cuts(tokens: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
    yield tokens, ()
    for cut in range(len(tokens) - 1, 0, -1):
        yield tokens[:cut], tokens[cut:]
        yield tokens[cut:], tokens[:cut]


def _times(tokens: Tokens, part: Part | None) -> tuple[Times, ...] | None:
    """The times of day in a list; the usual one when none is said; None when these tokens are not times."""
    if not tokens:
        return (Times(((0, part.at if part else DAY_OPENS),)),)
    clocks = [clock(part_tokens, part) for part_tokens in _split(tokens)]
    # Midnight lies between two days: a rhythm says 0:00 of one of them.
    times = tuple(
        clock_times
        for clock_times in clocks
        if clock_times is not None and all(later == 0 for later, _ in clock_times.readings)
    )
    return times if times and len(times) == len(clocks) <= _MOST_TIMES else None


def _chosen(parsed_rule: Said, times: tuple[Times, ...], policy: Closed | None) -> Rhythm | AskRhythm | None:
    if parsed_rule.count not in {None, len(times)}:
        raise RefusalError("rhythm.count", count=parsed_rule.count, times=len(times))
    if not _few(times):
        return None
    choices = tuple(_rhythms(parsed_rule, times, policy))
    if not choices:
        raise ImpossibleError
    question = parsed_rule.question if len(parsed_rule.rules) > 1 else "rhythm.which_hour"
    return choices[0] if len(choices) == 1 else AskRhythm(question, choices)


def _rhythms(parsed_rule: Said, times: tuple[Times, ...], policy: Closed | None) -> Iterator[Rhythm]:
    for single_rule, at in product(parsed_rule.rules, _ascending(times)):
        yield Rhythm(single_rule, at, policy or usual_policy(single_rule))
