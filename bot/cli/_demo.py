"""The demo's own parts, whatever shows it: a database that is a demo's, a clock that is moved, what it keeps.

Nothing here knows the console: `opened` is given the platform (the terminal's or the page's).
"""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.catalogue.loader import load
from bot.civil import instant
from bot.cli import _demo_team as demo
from bot.cli._compose import App, Choices, compose
from bot.cli._demo_clock import SeenError, Upcoming, peek, reach
from bot.config import load as load_settings
from bot.engine.render import draw
from bot.engine.view import Views
from bot.errors import ConfigurationError
from bot.ports import Address
from bot.zones import zone
from storage.read_only import open_read_only, revision, unit_of_work_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from zoneinfo import ZoneInfo

    from bot.clock import VirtualClock
    from bot.engine.posting import Posting, Ref
    from bot.i18n import Language
    from bot.message import Message
    from bot.ports import Platform, Tx
    from bot.teams.team import Team

ZONE = "Europe/Paris"
USED_BY, CLOCK = "used_by", "demo_clock"
FIRST, LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
"""Between which the clock starts."""
KEPT = 50
"""Messages of an earlier run that can still be clicked and changed."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line. `now`: ISO, naive = the team's zone. `language`: None where none was asked."""

    language: Language | None = None
    now: str | None = None
    database: str | None = None
    fallback: Language = "fr"
    """Of a new team when none was asked."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that an earlier run posted, drawn from the state as it is."""

    to: Address
    key: str
    ref: Ref
    message: Message


async def _on() -> bool:
    return True


@dataclass
class Journey:
    """Moves the virtual clock from one due instant to the next, and keeps it in the database at every move."""

    app: App
    clock: VirtualClock
    team: Team
    platform: str
    step: Callable[[], Awaitable[bool]] = field(default=_on)
    """Awaited after each instant; False stops the journey there."""

    def now(self) -> datetime:
        """The demo's instant."""
        return self.clock.now()

    async def settle(self) -> None:
        """Carry out what is due now."""
        await self.app.engine.settle()

    def reach(self, typed: str) -> datetime:
        """Return the instant that a person means. Raises RefusalError where the clock cannot go there."""
        return reach(typed, self.clock.now(), self.team)

    async def upcoming(self) -> Upcoming | None:
        """Return the next message within a fortnight, or None. Changes nothing."""
        try:
            await self.app.store.write(lambda tx: peek(tx, self.app, self.platform, self.team))
        except SeenError as seen:
            return seen.found
        return None

    async def forward(self, end: datetime) -> None:
        """Step through every instant at which something is due, then to the end."""
        await self.settle()
        while (due := await self.app.engine.next_at()) is not None and due <= end:
            await self._move(due)
            await self.settle()
            if not await self.step():
                return
        await self._move(end)

    async def _move(self, at: datetime) -> None:
        self.clock.move_to(max(at, self.clock.now()))
        await self.app.store.write(lambda tx: tx.facts.put(CLOCK, self.clock.now().isoformat()))


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is ready to be spoken to: its place and people in the platform's own ids."""

    app: App
    clock: VirtualClock
    journey: Journey
    team: Team
    workspace: str
    channel: str
    kept: Sequence[Kept]

    @property
    def language(self) -> Language:
        return self.team.language


@asynccontextmanager
async def opened(options: Options, platform: Platform, clock: VirtualClock) -> AsyncIterator[Demo]:
    """Compose the demo over its database, for one platform; a temporary database is gone afterwards."""
    settings = load_settings()
    with tempfile.TemporaryDirectory(prefix="vigie-demo-") as folder:
        address = options.database or f"sqlite:///{Path(folder) / 'demo.db'}"
        _check_database(address)
        language = options.language or options.fallback
        app = compose(address, clock, [platform], Choices(settings.catalogue_dir, language))
        try:
            yield await _start_demo(app, clock, platform, options)
        finally:
            await app.store.close()


async def _start_demo(app: App, clock: VirtualClock, platform: Platform, options: Options) -> Demo:
    saved = await app.store.read(lambda tx: tx.facts.get(CLOCK))
    clock.move_to(start_of(options.now, datetime.fromisoformat(saved) if saved else None, zone(ZONE)))
    team = await app.store.write(lambda tx: _claim_database(tx, app, platform.name, options))
    await app.engine.prepare()
    kept = await app.store.read(lambda tx: list(_load_history(tx, app, team)))
    await platform.start(app.pipeline.receive)
    journey = Journey(app, clock, team, platform.name)
    return Demo(app, clock, journey, team, demo.WORKSPACE, demo.CHANNEL[team.language], kept)


def start_of(typed: str | None, saved: datetime | None, team_zone: ZoneInfo) -> datetime:
    """Return where the clock starts: as typed, else where a kept demo stopped, else the machine's present."""
    if typed is None:
        return saved or datetime.now(UTC)
    try:
        start = datetime.fromisoformat(typed)
        start = start if start.tzinfo else instant(start, team_zone)
        if not FIRST <= start <= LAST:
            raise ConfigurationError("demo.bad_now", typed=typed[:40])
    except (ValueError, OverflowError) as error:
        raise ConfigurationError("demo.bad_now", typed=typed[:40]) from error
    if saved is not None and start < saved:
        raise ConfigurationError(
            "demo.backwards", typed=typed[:40], saved=f"{saved.astimezone(team_zone):%Y-%m-%dT%H:%M}"
        )
    return start


def _check_database(address: str) -> None:
    """Refuse a database that holds a real team, before its tables are touched."""
    with open_read_only(address) as connection:
        if connection is None or revision(connection) is None:
            return
        tx = unit_of_work_over(connection)
        user, teams = tx.facts.get(USED_BY), tx.teams.ids()
        if user not in (None, "demo") or (user is None and teams):
            raise ConfigurationError("demo.not_a_demo")


def _claim_database(tx: Tx, app: App, platform: str, options: Options) -> Team:
    """Mark the database as a demo's and find its team, or make it. Raises ConfigurationError when it is another one."""
    tx.facts.put(USED_BY, "demo")
    tx.facts.put(CLOCK, tx.now.isoformat())
    team = tx.teams.find(platform, demo.WORKSPACE)
    if team is None and tx.teams.ids():
        raise ConfigurationError("demo.other_place")
    if team is None:
        demo.seed(tx, app.registry, load(None), options.language or options.fallback, platform)
        team = tx.teams.find(platform, demo.WORKSPACE)
    assert team is not None
    if options.language not in (None, team.language):
        raise ConfigurationError("demo.other_language", language=team.language)
    return team


def _load_history(tx: Tx, app: App, team: Team) -> list[Kept]:
    """Return the last messages of earlier runs, oldest first."""
    latest = tx.postings.out(team.id, KEPT)
    view = Views(tx, [team.id]).of(team.id)
    cards = {card.posting.id: card for card in tx.postings.cards([(team.id, posting.id) for posting in latest])}
    kept = []
    for posting in reversed(latest):
        message, to = draw(app.registry, view, cards[posting.id]), _find_address(tx, posting)
        if posting.ref and message and to:
            kept.append(Kept(to, posting.id, posting.ref, message))
    return kept


def _find_address(tx: Tx, posting: Posting) -> Address | None:
    if posting.destination.channel:
        channel = tx.teams.channel(posting.team, posting.destination.channel)
        return Address(demo.WORKSPACE, channel=channel.external_id) if channel else None
    identity = tx.members.identity(posting.team, posting.destination.member or "")
    return Address(demo.WORKSPACE, member=identity.external_id) if identity else None
