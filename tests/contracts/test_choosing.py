"""Several processes plan at once, and no team's moment is parted between two of them."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import pytest

from bot.clock import VirtualClock
from bot.engine.catchup import sign_of_life
from bot.engine.planner import Lease, Planned, plan_due
from bot.engine.posting import Destination
from bot.ids import new_id
from bot.registry import Nudge, Parcel, Registry
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.world import NOW, Rows, rows, store_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from bot.engine.schedule import Occurrence
    from bot.engine.view import View

pytestmark = pytest.mark.parametrize("current_address", ["postgresql"], indirect=True)
DAYS = timedelta(days=3)
LEASE = Lease("test", 60, 0)
"""Nothing is born leased: what is planned waits, and can be joined."""


@pytest.fixture
async def store(current_address: str) -> AsyncIterator[SqlStore]:
    opened = open_store(current_address, VirtualClock(NOW))
    await opened.write(sign_of_life)  # once a minute the processes wait for each other to give it
    yield opened
    await opened.close()


@pytest.fixture
async def teams(store: SqlStore) -> list[Rows]:
    """Four teams, each with one schedule that is due."""
    found = [rows(name) for name in ("one", "two", "three", "four")]
    for one in found:
        await store.write(lambda tx, one=one: _stored(tx, one))  # type: ignore[misc]
    return found


def _stored(tx: UnitOfWork, one: Rows) -> None:
    store_rows(tx, one)
    assert tx.schedules.park(one.team.id, one.schedule.id)  # its moment has been
    tx.schedules.put(one.schedule._replace(id=new_id(NOW), nudge="watch"))


def _registry() -> Registry:
    def plan(view: View, _: Occurrence) -> Iterable[Parcel]:
        yield Parcel(Destination(member=view.roster.members[0].id), "2026-11-23")

    return Registry(nudges={"task": Nudge("task", 10, plan)})


def _plan(tx: UnitOfWork, limit: int = 100) -> Planned:
    return plan_due(tx, _registry(), LEASE, limit=limit)


class _Other:
    """Another process, which has done its work and waits before it commits."""

    def __init__(self, store: SqlStore, work: Callable[[UnitOfWork], Planned]) -> None:
        self._store, self._work = store, work
        self._there, self._go = threading.Event(), threading.Event()

    def _hold(self, tx: UnitOfWork) -> Planned:
        planned = self._work(tx)
        self._there.set()
        assert self._go.wait(30)
        return planned

    async def __aenter__(self) -> Self:
        self._running = asyncio.ensure_future(self._store.write(self._hold, batch=True))
        assert await asyncio.to_thread(self._there.wait, 30)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._go.set()
        self.planned = await self._running


async def _told(store: SqlStore, one: Rows) -> int:
    """How many messages the team's member has, or has waiting."""
    to = Destination(member=one.member.id)
    found = await store.read(lambda tx: tx.postings.mail_to(one.team.id, to, NOW - DAYS, NOW + DAYS))
    return len(found)


async def test_one_plans_while_the_other_does(store: SqlStore, teams: list[Rows]) -> None:
    async with _Other(store, lambda tx: _plan(tx, 2)) as other:
        mine = await store.write(_plan)
    assert other.planned.due == 2
    assert mine.due == 1  # the other one has looked at one more, to see where its last team ends
    assert (await store.write(_plan)).due == 1
    assert [await _told(store, one) for one in teams] == [1, 1, 1, 1]


async def test_what_becomes_due_for_a_team_in_hand_waits_and_joins(store: SqlStore, teams: list[Rows]) -> None:
    one = teams[0]
    more = one.schedule._replace(id=new_id(NOW), nudge="calendar")
    async with _Other(store, lambda tx: _plan(tx, 2)) as other:
        await store.write(lambda tx: tx.schedules.put(more))
        mine = await store.write(_plan)
    assert (other.planned.due, mine.due) == (2, 1)
    assert (await store.write(_plan)).due == 2
    assert [await _told(store, one) for one in teams] == [1, 1, 1, 1]


async def test_what_is_due_later_is_in_nobodys_hand(store: SqlStore, teams: list[Rows]) -> None:
    """After a stop: more teams than a batch takes, each with something due at one instant and at the next."""
    for one in teams:
        earlier = one.schedule._replace(id=new_id(NOW), nudge="calendar", next_fire_at=NOW - timedelta(hours=1))
        await store.write(lambda tx, earlier=earlier: tx.schedules.put(earlier))  # type: ignore[misc]
    planned = [await store.write(lambda tx: _plan(tx, 2)) for _ in range(8)]
    assert sum(one.due for one in planned) == 8
    assert not await store.read(lambda tx: tx.schedules.due_keys(NOW, 1))


async def test_one_chooses_at_a_time_and_no_longer_than_that(store: SqlStore) -> None:
    def choose(tx: UnitOfWork) -> bool:
        with tx.schedules.choosing() as mine:
            return mine

    def chosen(tx: UnitOfWork) -> Planned:
        assert choose(tx)
        return Planned(0)

    async with _Other(store, chosen):
        assert await store.write(choose)

    def choosing(tx: UnitOfWork) -> bool:
        with tx.schedules.choosing():
            return asyncio.run_coroutine_threadsafe(store.write(choose, batch=True), loop).result(30)

    loop = asyncio.get_running_loop()
    assert not await store.write(choosing)


async def test_a_choice_that_fails_lets_go(store: SqlStore) -> None:
    def fails(tx: UnitOfWork) -> None:
        with tx.schedules.choosing():
            tx.connection.exec_driver_sql("SELECT 1/0")

    with pytest.raises(Exception, match=r"store\.failed"):
        await store.write(fails, batch=True)

    def choose(tx: UnitOfWork) -> bool:
        with tx.schedules.choosing() as mine:
            return mine

    async with _Other(store, lambda _: Planned(0)):  # on another connection as well
        assert await store.write(choose)
