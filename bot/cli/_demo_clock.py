"""Moves of the demo's clock: « 1 semaine », « 2h30 », « lundi 9 h », or the next message; and which one that is."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

from bot.catalogue.loader import load
from bot.civil import instant, local
from bot.cli import _demo_team as demo
from bot.cli._agenda import TITLED
from bot.clock import VirtualClock
from bot.engine.engine import Engine
from bot.engine.metrics import NoMetrics
from bot.engine.posting import Ref
from bot.engine.sender import Sender
from bot.errors import RefusalError
from bot.grammar.spelling import fold
from bot.grammar.when import Ask, moment, say_moment
from bot.grammar.when.day import shifted
from bot.grammar.when.lexer import fold as folded
from bot.grammar.when.lexer import lex, vocabulary
from bot.grammar.when.moments import both
from bot.grammar.when.span import span
from bot.grammar.when.tokens import Word
from bot.i18n import texts
from bot.ids import aside
from storage.store import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot.cli._compose import App
    from bot.message import Message
    from bot.ports import Address, Tx
    from bot.teams.team import Team

T = TypeVar("T")
LONGEST = timedelta(days=400)
STEPS = 60
"""Instants that are looked at for the next message: a fortnight of days on which nothing is said."""
UNITS = {
    "minute": "minute", "min": "minute", "mn": "minute",
    "heure": "hour", "hour": "hour", "hr": "hour", "h": "hour",
    "jour": "day", "day": "day", "j": "day", "d": "day",
    "semaine": "week", "week": "week", "sem": "week",
    "mois": "month", "month": "month",
    "an": "year", "annee": "year", "year": "year",
}  # fmt: skip
_EXACT = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_DAYS = {"day": 1, "working": 1, "week": 7, "month": 30, "year": 365}
"""Days of a unit, roughly for the longer ones."""
_AMOUNT = re.compile(r"([0-9]{1,5}) ?([a-z]+?)s?(?: (?:et|and) | |$|(?=[0-9]))")
_UNTIL = re.compile(r"(?:jusqu[’'](?:à|a|au) |until |till )", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next message: when (UTC), what it is (in words), and where (`#channel`, `@name`)."""

    at: datetime
    what: tuple[str, ...]
    places: tuple[str, ...]


def reach(typed: str, now: datetime, team: Team) -> datetime:
    """Return the instant (UTC) that is meant. RefusalError: not understood, not ahead, or more than 400 days from now.

    Days, weeks and months are those of the wall clock: a week from Monday 8:55 is Monday 8:55, in every season.
    """
    words = _UNTIL.sub("", typed.strip())
    if words.startswith(("-", "−")):
        raise RefusalError("console.backwards", typed=words[:40])
    amounts = _read_figures(words) or _read_words(words, team)
    end = _add_amounts(amounts, now, team) if amounts else _read_moment(words, now, team)
    if end <= now:
        raise RefusalError("console.backwards", typed=words[:40])
    if end - now > LONGEST:
        raise RefusalError("console.too_far", typed=words[:40])
    return end


def _read_figures(words: str) -> list[tuple[int, str]]:
    """Read « 1 jour et 2 heures », "90min": what is written in figures is meant to the letter."""
    text, amounts, position = fold(words), [], 0
    while position < len(text):
        amount = _AMOUNT.match(text, position)
        unit = UNITS.get(amount[2]) if amount else None
        if amount is None or unit is None:
            return []
        amounts.append((int(amount[1]), unit))
        position = amount.end()
    return amounts


def _read_words(words: str, team: Team) -> list[tuple[int, str]]:
    """Read « une semaine », "half an hour", « 2h30 », « quinze jours » as the grammar of moments does."""
    for language in both(team.language):
        tokens = lex(folded(words[:100]), vocabulary(language)) or ()
        amount = span(tokens[1:] if tokens[:1] == (Word("in"),) else tokens)
        if amount is not None:
            return [(amount.count, amount.unit)]
    return []


def _add_amounts(amounts: Sequence[tuple[int, str]], now: datetime, team: Team) -> datetime:
    if sum(count * _DAYS.get(unit, 0) for count, unit in amounts) > 2 * LONGEST.days:
        return now + 2 * LONGEST
    exact = sum((count * _EXACT[unit] for count, unit in amounts if unit in _EXACT), timedelta())
    days = [(count, unit) for count, unit in amounts if unit in _DAYS]
    wall = local(now, team.tz)
    for count, unit in days:
        wall = datetime.combine(_shift_day(wall.date(), count, unit, team), wall.time())
    return (instant(wall, team.tz) if days else now) + exact


def _shift_day(day: date, count: int, unit: str, team: Team) -> date:
    match unit:
        case "month":
            return shifted(day, count)
        case "year":
            return shifted(day, 12 * count)
        case "working":
            for _ in range(count):
                day = team.calendar.next_working(day)
            return day
        case _:
            return day + timedelta(days=count * _DAYS[unit])


def _read_moment(words: str, now: datetime, team: Team) -> datetime:
    try:
        answer = moment(words, now=now, zone=team.tz, calendar=team.calendar, language=team.language)
    except RefusalError as error:
        if error.key in {"when.unknown", "when.too_long"}:
            raise RefusalError("console.duration", typed=words[:40]) from error
        raise
    if isinstance(answer, Ask):
        now_local = local(now, team.tz)
        choices = [say_moment(choice.local, team.language, now_local=now_local) for choice in answer.choices[:4]]
        raise RefusalError("console.which_moment", typed=words[:40], known=choices)
    return answer.at.astimezone(UTC)


class SeenError(Exception):
    """Carries what was seen out of the unit of work, which it rolls back."""

    def __init__(self, upcoming: Upcoming | None) -> None:
        super().__init__(upcoming)
        self.found = upcoming


def peek(tx: Tx, app: App, platform: str, team: Team) -> None:
    """Live on until something is said, within a unit of work that is never committed: always raises SeenError."""
    shadow = _Shadow(cast("UnitOfWork", tx), VirtualClock(tx.now))
    with aside():
        upcoming = asyncio.run(_play_on(shadow, app, platform, team))
    raise SeenError(upcoming)


async def _play_on(shadow: _Shadow, app: App, name: str, team: Team) -> Upcoming | None:
    listener = _Listener(name)
    sender = Sender(shadow, app.registry, {name: listener}, "peek", NoMetrics())
    engine = Engine(shadow, app.registry, shadow.clock, sender, NoMetrics())
    for _ in range(STEPS):
        due = await engine.next_at()
        if due is None:
            return None
        shadow.clock.move_to(max(due, shadow.clock.now()))
        await engine.settle()
        if listener.heard:
            titles_by_posting = await shadow.read(
                lambda tx: [_list_titles(tx, team, posting) for _, posting in listener.heard]
            )
            subjects = dict.fromkeys(title for titles in titles_by_posting for title in titles)
            places = dict.fromkeys(place for place, _ in listener.heard)
            return Upcoming(shadow.clock.now(), tuple(subjects), tuple(places))
    return None


class _Shadow:
    """A store whose units of work are all part of one that will be rolled back (port: bot.ports.Store)."""

    def __init__(self, unit: UnitOfWork, clock: VirtualClock) -> None:
        self._unit = unit
        self.clock = clock

    async def write(self, work: Callable[[Tx], T], *, batch: bool = False) -> T:  # noqa: ARG002  # one at a time anyway
        return await self.read(work)

    async def read(self, work: Callable[[Tx], T], *, batch: bool = False) -> T:  # noqa: ARG002  # here as well
        return work(UnitOfWork(self._unit.connection, self.clock.now(), self._unit.catalogue))

    async def close(self) -> None:
        """Do nothing: the opener of the unit of work ends it."""


class _Listener:
    """A transport that only notes what is posted: (place, posting)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[tuple[str, str]] = []

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:  # noqa: ARG002  # it is not shown
        names = {account: name for name, account in demo.PEOPLE.items()}
        place = f"#{to.channel}" if to.channel else f"@{names.get(to.member or '', to.member)}"
        self.heard.append((place, key))
        return Ref("peek", key)

    async def edit(self, ref: Ref, message: Message) -> None:
        """Ignore it: an edit notifies nobody."""

    async def delete(self, ref: Ref) -> None:
        """Ignore it as well."""

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:  # noqa: ARG002  # nothing is tried twice
        return None

    def budget(self, seconds: float) -> int:  # noqa: ARG002  # nothing slows it down
        return 1000


def _list_titles(tx: Tx, team: Team, key: str) -> list[str]:
    """Return « Fiche du jour », or the titles of a posting's tasks."""
    posting = tx.postings.get(team.id, key)
    tasks, words = load().tasks, texts(team.language)
    kinds = posting.kind.split("+") if posting else []
    titles = [tasks[kind].title.of(team.language) for kind in kinds if kind in tasks]
    titles += [words.text(f"preview.nudge.{kind}") for kind in kinds if kind in TITLED]
    if titles:
        return titles
    items = tx.items.many(team.id, [item for _, item in tx.postings.items(team.id, key)])
    return list(dict.fromkeys(item.task.title.say(team.language) for item in items))
