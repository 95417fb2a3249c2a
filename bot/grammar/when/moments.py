"""One moment that a person typed: a closed grammar, which refuses or asks rather than guesses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from bot.civil import instant, local
from bot.errors import RefusalError
from bot.grammar.when.clock import DAY_CLOSES, DAY_OPENS, ImpossibleError, OtherWeekdayError, Times, clock
from bot.grammar.when.day import Days, Here, day, shifted
from bot.grammar.when.elsewhere import split_zone
from bot.grammar.when.lexer import LONGEST, fold, lex, vocabulary
from bot.grammar.when.say import say_time
from bot.grammar.when.span import Span, span
from bot.grammar.when.tokens import Clock, Day, Number, Ordinal, Part, Tokens, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from bot.grammar.when.tokens import Token
    from bot.i18n import Language
    from bot.teams.calendar import WorkCalendar

Kind = Literal["at", "by"]

FURTHEST_YEARS = 10
_QUOTED = 60
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}
_ENDS = frozenset({Word("end of week"), Word("end of month")})
_TODAY = (DAY_OPENS, time(14), time(17))


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to come: `local` on the wall clock of the zone (naive), `at` the same in UTC (aware).

    `kind` is "by" when it is the end of a delay ("d’ici vendredi").
    """

    local: datetime
    at: datetime
    kind: Kind = "at"


@dataclass(frozen=True, slots=True)
class Ask:
    """Several moments fit what was typed: the key of the question, and the moments to choose from, in order."""

    question: str
    choices: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class _Scene:
    """Typed text, with its asker's clock, calendar and language."""

    text: str
    now: datetime
    zone: ZoneInfo
    calendar: WorkCalendar
    language: Language

    def context(self, spoken: Language) -> Here:
        return Here(local(self.now, self.zone).date(), self.calendar, vocabulary(spoken).month_first)

    def refusal(self, key: str, at: time = DAY_OPENS) -> RefusalError:
        example = vocabulary(self.language).echo.tomorrow.format(time=say_time(at, self.language))
        return RefusalError(key, text=quoted(self.text), example=example)


def moment(text: str, *, now: datetime, zone: ZoneInfo, calendar: WorkCalendar, language: Language) -> Moment | Ask:
    """The moment that `text` says at `now` (aware) to someone in `zone`; in `language` first, then in the other one.

    Ask: more than one moment fits. RefusalError: past, impossible, too far (ten years) or not understood; its
    parameters hold an `example` to type. A day without a time is its opening (9:00), its closing (18:00) for a delay.
    """
    if now.utcoffset() is None:
        raise ValueError("now is an aware date-time")
    scene = _Scene(text, now, zone, calendar, language)
    if len(text) > LONGEST:
        raise scene.refusal("when.too_long")
    outside, elsewhere = split_zone(text)
    if elsewhere is not None:
        return _translated(
            moment(outside, now=now, zone=elsewhere, calendar=calendar, language=language), elsewhere, scene
        )
    folded = fold(text)
    for spoken in both(language):
        tokens = lex(folded, vocabulary(spoken))
        answer = _read(tuple(token for token in tokens if token != Word(",")), scene, spoken) if tokens else None
        if answer is not None:
            return answer
    raise scene.refusal("when.unknown")


def _translated(reading: Moment | Ask, elsewhere: ZoneInfo, scene: _Scene) -> Moment | Ask:
    """Say on the asker's clock what was said on another; refuse while it is not the same day in both places."""
    if local(scene.now, elsewhere).date() != local(scene.now, scene.zone).date():
        raise scene.refusal("when.zone")
    if isinstance(reading, Ask):
        return replace(reading, choices=tuple(_on_clock(choice, scene.zone) for choice in reading.choices))
    return _on_clock(reading, scene.zone)


def _on_clock(reading: Moment, zone: ZoneInfo) -> Moment:
    return replace(reading, local=local(reading.at, zone))


def both(language: Language) -> tuple[Language, Language]:
    """The person's language, then the other one."""
    return ("fr", "en") if language == "fr" else ("en", "fr")


def quoted(text: str) -> str:
    """Return the typed text, short enough for a reply."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _QUOTED else f"{plain[:_QUOTED]}…"


def _read(tokens: Tokens, scene: _Scene, spoken: Language) -> Moment | Ask | None:
    context = scene.context(spoken)
    match tokens:
        case [Word("ago"), *rest] | [*rest, Word("ago")] if span(tuple(rest)):
            raise scene.refusal("when.past")
        case [Word("in"), *rest]:
            return _after(tuple(rest), "at", scene, context)
        case [Word("by"), *rest]:
            return _after(tuple(rest), "by", scene, context) or _delayed(tuple(rest), scene, context)
        case [Word("before"), *rest]:
            return _before(tuple(rest), scene, context)
        case [Word("of"), Number() | Ordinal(), *rest] if _hour_in(rest):
            return _named((Word("the"), *tokens[1:]), "at", scene, context)
        case _:
            return _named(tokens, "at", scene, context)


def _hour_in(tokens: Sequence[Token]) -> bool:
    """Tell whether a time of day is among the tokens."""
    return any(isinstance(token, Clock | Part) or token in {Word("at"), Word("noon")} for token in tokens)


def _delays(rest: Tokens) -> Iterator[Tokens]:
    """Yield the words after "d’ici" and "avant", without the small word that French adds ("à", "au 15")."""
    yield rest
    if rest[:1] == (Word("at"),):
        yield rest[1:]
    if rest[:1] == (Word("to"),):
        yield (Word("the"), *rest[1:])


def _after(rest: Tokens, kind: Kind, scene: _Scene, context: Here) -> Moment | Ask | None:
    """A length of time from now; one that counts days may be followed by a time of day."""
    part, rest = _part(rest)
    for cut in range(len(rest), 0, -1):
        length, times = span(rest[:cut]), _clock(rest[cut:], part)
        if length is None or (times is None and rest[cut:]):
            continue
        if length.unit == "minute":
            return _exact(length.count, kind, scene) if times is None and part is None else None
        usual = _Usual(kind, context.today, part)
        return _chosen(_readings(Days((_counted(length, scene, context),)), times, usual), kind, scene)
    return None


def _exact(minutes: int, kind: Kind, scene: _Scene) -> Moment:
    """So many minutes from now: never earlier than was asked, hence the whole minute above."""
    at = scene.now.astimezone(UTC) + timedelta(minutes=minutes)
    if at.second or at.microsecond:
        at = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    if at <= scene.now:
        raise scene.refusal("when.past")
    return Moment(local(at, scene.zone), at, kind)


def _counted(length: Span, scene: _Scene, context: Here) -> date:
    """Today and so many days, working days, weeks, months or years."""
    if length.unit in _MONTHS:
        months = length.count * _MONTHS[length.unit]
        _bound(months, FURTHEST_YEARS * 12, scene)
        return shifted(context.today, months)
    if length.unit == "working":
        _bound(length.count, FURTHEST_YEARS * 260, scene)
        counted = context.today
        for _ in range(length.count):
            counted = context.calendar.next_working(counted)
        return counted
    days = length.count * _DAYS[length.unit]
    _bound(days, FURTHEST_YEARS * 365, scene)
    return context.today + timedelta(days=days)


def _bound(count: int, most: int, scene: _Scene) -> None:
    if count > most:
        raise scene.refusal("when.too_far")


def _before(rest: Tokens, scene: _Scene, context: Here) -> Moment | Ask | None:
    """A time is clear ("avant 17h"); "avant vendredi" ends on Thursday for some, on Friday for others: asked."""
    for tokens in _delays(rest):
        part, rest_tokens = _part(tokens)
        days = _day(rest_tokens, context)
        if part is None and days is not None and rest_tokens[0] not in _ENDS:
            eves = tuple(day - timedelta(days=1) for day in days.dates)
            both_ends = Days((*eves, *days.dates), "when.before")
            return _chosen(_readings(both_ends, None, _Usual("by", context.today)), "by", scene)
    return _delayed(rest, scene, context)


def _delayed(rest: Tokens, scene: _Scene, context: Here) -> Moment | Ask | None:
    answers = (_named(tokens, "by", scene, context) for tokens in _delays(rest))
    return next((answer for answer in answers if answer is not None), None)


def _named(tokens: Tokens, kind: Kind, scene: _Scene, context: Here) -> Moment | Ask | None:
    """A day, a time of day, a part of the day, in any order that people use."""
    part, rest = _part(tokens)
    fault: ImpossibleError | None = None
    for before, after in _cuts(rest):
        try:
            days = day(before, context) if before else _today(part, after, context)
            times = clock(after, part) if after else None
        except ImpossibleError as error:
            fault = fault or error
            continue
        if days is not None and (times is not None or not after):
            return _chosen(_readings(days, times, _Usual(kind, context.today, part)), kind, scene)
    if isinstance(fault, OtherWeekdayError):
        raise RefusalError("when.weekday", date=fault.date)
    if fault is not None:
        raise scene.refusal("when.impossible")
    return None


def _part(tokens: Tokens) -> tuple[Part | None, Tokens]:
    """The part of the day that the tokens hold, and the others."""
    parts = [token for token in tokens if isinstance(token, Part)]
    if len(parts) != 1:
        return None, tokens
    return parts[0], tuple(token for token in tokens if token is not parts[0])


def _cuts(tokens: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
    """Every way to see these tokens as a day and a time, in one order or the other."""
    yield tokens, ()
    for cut in range(1, len(tokens)):
        if not _figure(tokens[cut:]) or isinstance(tokens[cut - 1], Day):
            yield tokens[:cut], tokens[cut:]
        if not _figure(tokens[:cut]):
            yield tokens[cut:], tokens[:cut]
    if not _figure(tokens):
        yield (), tokens


def _figure(tokens: Tokens) -> bool:
    """A bare figure is an hour after "at" or after "tomorrow", never elsewhere ("lundi 12" is a date)."""
    return len(tokens) == 1 and isinstance(tokens[0], Number)


def _today(part: Part | None, clock_tokens: Tokens, context: Here) -> Days | None:
    """Today, when a time or a part of the day that stands alone is all that was said."""
    return Days((context.today,)) if clock_tokens or (part and part.alone) else None


def _day(tokens: Tokens, context: Here) -> Days | None:
    try:
        return day(tokens, context) if tokens else None
    except ImpossibleError:
        return None


def _clock(tokens: Tokens, part: Part | None) -> Times | None:
    try:
        return clock(tokens, part)
    except ImpossibleError:
        return None


@dataclass(frozen=True, slots=True)
class _Usual:
    """The time of a day that was named without one, unless a part of it was."""

    kind: Kind
    today: date
    part: Part | None = None

    def of(self, day: date) -> Times:
        """Its opening, its end for a delay; today has no usual time, so it is asked."""
        if self.part is not None:
            return Times(((0, self.part.by if self.kind == "by" else self.part.at),))
        if self.kind == "by":
            return Times(((0, DAY_CLOSES),))
        return Times(tuple((0, at) for at in _TODAY)) if day == self.today else Times(((0, DAY_OPENS),))


@dataclass(frozen=True, slots=True)
class _Readings:
    """Every local moment (naive) that was perhaps meant, and what to ask if several are still to come."""

    moments: tuple[datetime, ...]
    question: str


def _readings(days: Days, times: Times | None, usual: _Usual) -> _Readings:
    candidates = {
        datetime.combine(day + timedelta(days=later), at)
        for day in days.dates
        for later, at in (times or usual.of(day)).readings
    }
    question = days.question if len(days.dates) > 1 else "when.which_time"
    if times and len(times.readings) > 1:
        question = times.question
    return _Readings(tuple(sorted(candidates)), question)


def _chosen(readings: _Readings, kind: Kind, scene: _Scene) -> Moment | Ask:
    """The one reading that is still to come; a question when there are several, a refusal when there is none."""
    if readings.moments[-1].year > scene.now.year + FURTHEST_YEARS:
        raise scene.refusal("when.too_far")
    moments = [_moment(local, kind, scene) for local in readings.moments]
    future = tuple(choice for choice in moments if choice.at > scene.now)
    if not future:
        raise scene.refusal("when.past", readings.moments[0].time())
    if readings.question == "when.which_hour" and len(future) < len(moments):
        # "at 9" said at 10 is hardly today at 21: tomorrow at 9 is the other answer.
        tomorrow = _moment(readings.moments[0] + timedelta(days=1), kind, scene)
        return Ask("when.which_time", (*future, tomorrow) if tomorrow.at > future[-1].at else future)
    return future[0] if len(future) == 1 else Ask(readings.question, future)


def _moment(nominal: datetime, kind: Kind, scene: _Scene) -> Moment:
    """A local moment that the clocks jump over is the first one after the jump, and is said so."""
    at = instant(nominal, scene.zone)
    return Moment(local(at, scene.zone), at, kind)
