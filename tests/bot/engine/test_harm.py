"""What was done though the caller was told otherwise, a clock that jumps, a disk that is full, a database that is away.

Nothing is lost, nothing is said twice, and it goes on by itself.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.cli import _compose
from bot.clock import VirtualClock
from bot.engine import sender as module
from bot.engine.planner import Lease, plan_due
from bot.engine.posting import Delivery, Destination, NewPosting, Posting, Ref
from bot.engine.rhythm import Closed, Daily, Rhythm
from bot.engine.schedule import CatchUp, Schedule
from bot.errors import StoreError
from bot.ids import new_id
from bot.teams.member import Identity, Member
from bot.teams.team import Installation, Team
from bot.zones import fingerprint
from storage import schema as s
from tests.chaos.world import registry
from tests.contracts.world import NOW
from tests.fakes.timer import HandTimer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.cli._compose import App
    from bot.message import Message
    from bot.ports import Address, Tx
    from storage.store import SqlStore, UnitOfWork

TEAM = "team"


@dataclass
class Chat:
    """Takes every message, at its own speed (port: bot.ports.Transport)."""

    name: str = "console"
    posted: list[tuple[str, str]] = field(default_factory=list)
    """(key, member) in the order of arrival."""
    answer: Callable[[], Awaitable[object]] | None = None
    room: int = 1000
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        self.posted.append((key, str(to.member)))
        self.called.set()
        if self.answer:
            await self.answer()
        return Ref(str(to.member), key)

    async def edit(self, ref: Ref, message: Message) -> None: ...

    async def delete(self, ref: Ref) -> None: ...

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        return Ref(str(to.member), key) if (key, str(to.member)) in self.posted else None

    def budget(self, seconds: float) -> int:
        return self.room

    @property
    def times(self) -> Counter[str]:
        """How often each reader was written to."""
        return Counter(member for _, member in self.posted)


@dataclass
class World:
    """A product with one team, driven by hand."""

    app: App
    chat: Chat
    clock: VirtualClock

    async def tick(self) -> None:
        """What a wake-up does."""
        await self.app.engine._run_tick()

    async def states(self) -> Counter[str]:
        return await self.app.store.read(
            lambda tx: Counter(tx.connection.execute(sa.select(s.deliveries.c.state)).scalars())
        )

    async def owe(self, count: int, team: str = TEAM, at: datetime = NOW) -> None:
        await self.app.store.write(lambda tx: _owe(tx, team, count, at), batch=True)

    async def schedule(self, minutes: int, team: str = TEAM) -> None:
        """A nudge at so many minutes after NOW, each day, one message for each moment."""
        await self.app.store.write(lambda tx: _schedule(tx, minutes, team), batch=True)


def _owe(tx: Tx, team: str, count: int, at: datetime) -> None:
    if tx.teams.get(team) is None:
        tx.teams.add(Team(team, team), Installation(team, "console", team))
    for n in range(count):
        reader = Member(team, new_id(NOW), f"reader {n}")
        tx.members.add(reader, Identity(team, reader.id, "console", reader.id))
        posting = Posting(team, new_id(NOW), Destination(member=reader.id), "task", "x", NOW)
        tx.postings.add_many([NewPosting(posting)])
        tx.outbox.owe([Delivery(team, new_id(NOW), posting.id, "post", at)])


def _schedule(tx: Tx, minutes: int, team: str) -> None:
    if tx.teams.get(team) is None:
        tx.teams.add(Team(team, team, zone="UTC"), Installation(team, "console", team))
    reader = Member(team, new_id(NOW), f"reader at {minutes}")
    tx.members.add(reader, Identity(team, reader.id, "console", reader.id))
    first = NOW + timedelta(minutes=minutes)
    rhythm = Rhythm(Daily(), (first.time(),), Closed.KEEP)
    name, there = f"n{minutes}.{reader.id}", first.replace(tzinfo=None)
    tx.schedules.put(
        Schedule(team, new_id(NOW), name, rhythm, "UTC", fingerprint("UTC"), there, first, catch_up=CatchUp.ALL)
    )


@asynccontextmanager
async def _world(address: str) -> AsyncIterator[World]:
    clock, chat = VirtualClock(NOW), Chat()
    app = _compose.compose(address, clock, [chat])
    try:
        yield World(app, chat, clock)
    finally:
        await app.store.close()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_compose, "load_registry", registry)
    monkeypatch.setattr(module, "CONFIRM_AGAIN", 0.05)


@pytest.fixture
async def world(current_address: str) -> AsyncIterator[World]:
    async with _world(current_address) as made:
        yield made


# Done, but told that it timed out: the database


class Lossy:
    """Commits whose answer gets lost: the work is there, and whoever asked hears that the connection broke."""

    def __init__(self, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.victim: Any = None
        """The connection whose next commit is one."""
        self.lost = 0
        dialect = store.engines.write.dialect
        commit = dialect.do_commit

        def do_commit(connection: Any) -> None:
            commit(connection)
            if self.victim is connection:
                self.victim = None
                self.lost += 1
                raise sa.exc.OperationalError("COMMIT", {}, ConnectionError("reset by peer"))

        monkeypatch.setattr(dialect, "do_commit", do_commit)

    def marked(self, work: Callable[[UnitOfWork], Any]) -> Callable[[UnitOfWork], Any]:
        """The same work, whose commit is one. Others may be under way beside it."""

        def marking(tx: UnitOfWork) -> Any:
            self.victim = tx.connection.connection if not self.lost else None
            return work(tx)

        return marking


@pytest.mark.parametrize("which", range(1, 8))
async def test_a_commit_whose_answer_was_lost_loses_and_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    """The first so many commits of a tick in turn: the sign of life, the plan, the claim, the confirmation …"""
    await world.schedule(0)
    await world.owe(3)
    lossy = Lossy(world.app.store, monkeypatch)
    commits = 0
    write = world.app.store.write

    async def counted(work: Callable[[UnitOfWork], Any], *, batch: bool = False) -> Any:
        nonlocal commits
        commits += 1
        return await write(lossy.marked(work) if commits == which else work, batch=batch)

    monkeypatch.setattr(world.app.store, "write", counted)
    for _ in range(4):
        await world.tick()
        world.clock.advance(timedelta(minutes=3))
    assert (lossy.lost, len(world.chat.times), set(world.chat.times.values())) == (1, 4, {1})
    assert await world.states() == {"sent": 4}


# … and the chat


async def test_posts_that_were_made_and_timed_out_are_found_and_not_made_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "CALL", 0.1)
    world.chat.answer = never
    await world.owe(5)
    await world.tick()
    assert await world.states() == {"ready": 5}
    world.chat.answer = None
    world.clock.advance(timedelta(minutes=2))
    await world.tick()
    assert (await world.states(), set(world.chat.times.values())) == ({"sent": 5}, {1})


async def test_a_call_is_cut_off_before_its_lease_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "CALL", 0.2)
    world.chat.answer = never
    await world.owe(1)
    async with asyncio.timeout(5):
        await world.tick()
    assert len(world.chat.posted) == 1


# A stop


async def test_a_stop_waits_for_calls_under_way_and_gives_the_rest_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow() -> None:
        await asyncio.sleep(0.5)

    monkeypatch.setattr(module, "AT_ONCE", 4)
    world.chat.answer = slow
    await world.owe(20)
    working = asyncio.create_task(world.tick())
    await world.chat.called.wait()
    world.app.engine.stop()
    async with asyncio.timeout(5):
        await working
    assert await world.states() == {"sent": 4, "ready": 16}
    untried = sa.select(sa.func.count()).where(s.deliveries.c.state == "ready", s.deliveries.c.attempt == 0)
    assert await world.app.store.read(lambda tx: tx.connection.execute(untried).scalar()) == 16


async def test_a_stop_leaves_a_call_that_does_not_end_to_be_looked_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "GRACE", 0.3)
    world.chat.answer = never
    await world.owe(1)
    working = asyncio.create_task(world.tick())
    await world.chat.called.wait()
    world.app.engine.stop()
    async with asyncio.timeout(5):
        await working
    tried = sa.select(s.deliveries.c.state, s.deliveries.c.attempt)
    assert await world.app.store.read(lambda tx: tx.connection.execute(tried).all()) == [("ready", 1)]


# Turns


async def test_what_waits_takes_turns_with_what_is_planned(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten batches of nudges are due: somebody's own reminder does not wait for the last of them."""
    monkeypatch.setattr("bot.engine.planner.plan_due.__kwdefaults__", {"limit": 2})
    for minute in range(20):
        await world.schedule(-minute)
    await world.owe(1, team="other")
    await world.tick()
    other = [n for n, (_, member) in enumerate(world.chat.posted) if not _is_nudge(world, member)]
    assert len(world.chat.posted) == 21
    assert other[0] < 10


async def test_a_lease_that_runs_out_while_there_is_always_something_to_plan_is_taken_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody tells of it: the outbox is looked at all the same."""
    monkeypatch.setattr("bot.engine.planner.plan_due.__kwdefaults__", {"limit": 1})
    for minute in range(-10, 0):
        await world.schedule(minute)
    await world.owe(1, team="other")
    await world.app.store.write(lambda tx: tx.outbox.claim("a process that died", 120.0, NOW, 10), batch=True)

    async def expires() -> None:
        world.chat.answer = None
        await world.app.store.write(lambda tx: tx.outbox.let_go("a process that died"), batch=True)

    world.chat.answer = expires
    await world.tick()
    place = [n for n, (_, member) in enumerate(world.chat.posted) if not _is_nudge(world, member)]
    assert len(world.chat.posted) == 11
    assert place[0] < 8


async def test_a_team_with_one_nudge_does_not_wait_for_what_another_sends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chat takes nothing of the first batches for now: the last team is planned and written to all the same."""
    monkeypatch.setattr("bot.engine.in_flight.SLOW", 0.05)
    monkeypatch.setattr("bot.engine.planner.plan_due.__kwdefaults__", {"limit": 2})
    for minute in range(-8, 0):
        await world.schedule(minute)
    await world.schedule(0, "other")
    held = asyncio.Event()
    world.chat.answer = held.wait
    working = asyncio.create_task(world.tick())
    async with asyncio.timeout(5):
        while len(world.chat.posted) < 9:  # noqa: ASYNC110  # calls under way tell nobody
            await asyncio.sleep(0.01)
    held.set()
    await working
    assert await world.states() == {"sent": 9}


async def test_a_batch_after_a_stop_cuts_no_team_in_two(world: World) -> None:
    """Each hears once what it missed, however many others were due between its first moment and its last."""
    teams = {minute: "odd" if minute % 2 else TEAM for minute in range(-7, 0)}
    for minute, team in teams.items():
        await world.schedule(minute, team)
    lease = Lease("me", 60, 100)

    def batch(tx: UnitOfWork) -> set[str]:
        before = {(one.team, one.id) for one in tx.schedules.due(NOW, 100)}
        plan_due(tx, world.app.registry, lease, limit=5)
        return {team for team, _ in before - {(one.team, one.id) for one in tx.schedules.due(NOW, 100)}}

    batches = [await world.app.store.write(batch) for _ in range(3)]
    assert batches == [{"odd"}, {TEAM}, set()]


def _is_nudge(world: World, member: str) -> bool:
    with world.app.store.engines.read.connect() as connection:
        found = connection.execute(sa.select(s.members.c.name).where(s.members.c.id == member)).scalar_one()
    return str(found).startswith("reader at")


# The clock


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2)], ids=["forward", "back"])
async def test_a_clock_that_jumps_loses_and_doubles_nothing(world: World, jump: timedelta) -> None:
    for minute in range(0, 180, 20):
        await world.schedule(minute)
    for _ in range(6):
        await world.tick()
        world.clock.advance(timedelta(minutes=10))
    world.clock.advance(jump)
    while world.clock.now() < NOW + timedelta(hours=4):
        await world.tick()
        world.clock.advance(timedelta(minutes=10))
    assert (len(world.chat.times), set(world.chat.times.values())) == (9, {1})


async def test_what_a_dead_process_held_is_not_held_longer_because_the_clock_went_back(world: World) -> None:
    """On SQLite leases run on this machine's clock, where there is one process: a lease can only be so long."""
    await world.owe(1)
    await world.app.store.write(lambda tx: tx.outbox.claim("dead", 2 * 3600, NOW, 1))
    world.clock.advance(timedelta(minutes=1))
    await world.app.engine.prepare()
    left = await world.app.store.read(lambda tx: tx.outbox.lease_left(tx.now))
    if world.app.store.engines.dialect == "sqlite":
        assert left is not None
        assert left <= module.LEASE


# The database


async def test_a_confirmation_waits_for_a_database_that_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It went after the claim, and comes back some tries later: all is confirmed, nothing is called again."""
    await world.owe(6)
    write, away = world.app.store.write, 5

    async def sometimes(work: Callable[[UnitOfWork], Any], *, batch: bool = False) -> Any:
        nonlocal away
        if world.chat.posted and away:
            away -= 1
            raise StoreError("store.failed", why="away")
        return await write(work, batch=batch)

    monkeypatch.setattr(world.app.store, "write", sometimes)
    await world.tick()
    assert (await world.states(), away, set(world.chat.times.values())) == ({"sent": 6}, 0, {1})


async def test_while_the_database_is_away_the_engine_asks_later_and_later_and_then_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.owe(2)

    async def away(work: Callable[[UnitOfWork], Any], *, batch: bool = False) -> Any:
        raise StoreError("store.failed", why="away")

    with monkeypatch.context() as without, capture_logs() as logs:
        without.setattr(world.app.store, "write", away)
        waits = []
        for _ in range(5):
            again = await world.app.engine._run_tick()
            waits.append((again - world.clock.now()).total_seconds())
            world.clock.move_to(again)
    assert waits == [1, 2, 4, 8, 16]
    assert [one["event"] for one in logs].count("tick failed") == 5
    await world.tick()
    assert await world.states() == {"sent": 2}


def _fill_the_disk(world: World) -> None:
    """No page more than there are."""
    with world.app.store.engines.write.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count={pages}")


def _make_room(world: World) -> None:
    with world.app.store.engines.write.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("PRAGMA max_page_count=1073741823")


async def test_a_full_disk_stops_the_work_whole_and_room_lets_it_go_on(template: Any, tmp_path: Any) -> None:
    import shutil

    shutil.copy(template, tmp_path / "vigie.db")
    async with _world(f"sqlite:///{tmp_path / 'vigie.db'}") as world:
        for minute in range(60):
            await world.schedule(-minute)
        await world.owe(1)
        _fill_the_disk(world)
        with capture_logs() as logs:
            await world.tick()
        assert "tick failed" in {one["event"] for one in logs}
        planned = sa.select(sa.func.count()).select_from(s.occurrences)
        assert await world.app.store.read(lambda tx: tx.connection.execute(planned).scalar()) == 0
        assert world.chat.posted == []
        _make_room(world)
        await world.tick()
        assert (len(world.chat.times), set(world.chat.times.values())) == (61, {1})


# All of it at once, on the engine's own loop


async def test_the_engine_runs_on_after_a_failed_tick(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    timer = HandTimer()
    write, failing = world.app.store.write, True

    async def sometimes(work: Callable[[UnitOfWork], Any], *, batch: bool = False) -> Any:
        if failing:
            raise StoreError("store.failed", why="away")
        return await write(work, batch=batch)

    running = asyncio.create_task(world.app.engine.run(timer))
    await timer.next()
    monkeypatch.setattr(world.app.store, "write", sometimes)
    timer.fire()
    assert (await timer.next()) - world.clock.now() == timedelta(seconds=1)
    failing = False
    await world.owe(1)
    timer.fire()
    await timer.next()
    assert await world.states() == {"sent": 1}
    world.app.engine.stop()
    await running
