"""Reads that wait are done together: each sees what was committed before it was asked for, and harms no other."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.clock import VirtualClock
from bot.errors import RefusalError, StoreError
from bot.record.audit import Entry
from bot.teams.team import Installation, Team
from storage import together
from storage.migrate import upgrade
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path / 'vigie.db'}", VirtualClock(NOW))
    upgrade(opened.engines.write)
    yield opened
    await opened.close()


def _sleepy(seconds: float) -> threading.Event:
    begun = threading.Event()

    def work(tx: UnitOfWork) -> None:
        tx.facts.get("n")
        begun.set()
        time.sleep(seconds)

    begun.work = work  # type: ignore[attr-defined]
    return begun


async def test_reads_that_wait_share_a_transaction(store: SqlStore) -> None:
    begun: list[str] = []
    sa.event.listen(store.engines.read, "begin", lambda _: begun.append(threading.current_thread().name))
    await asyncio.gather(*(store.read(lambda tx: tx.facts.get("n")) for _ in range(50)))
    assert len(begun) <= 3


async def test_reads_that_are_asked_for_a_turn_later_come_along(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "LONGEST", 60)  # however slow the machine
    begun: list[str] = []
    sa.event.listen(store.engines.read, "begin", lambda _: begun.append(threading.current_thread().name))
    reads = []
    for _ in range(together.READ_TURNS):
        reads.append(asyncio.ensure_future(store.read(lambda tx: tx.facts.get("n"))))
        await asyncio.sleep(0)
    await asyncio.gather(*reads)
    assert len(begun) == 1


async def test_a_read_sees_what_was_committed_before_it_was_asked_for(store: SqlStore) -> None:
    async def one(number: int) -> None:
        name, value = f"n{number % 4}", str(number)
        await store.write(lambda tx: tx.facts.put(name, value))
        found = await store.read(lambda tx: tx.facts.get(name))
        assert found is not None
        assert int(found) >= number

    others = [asyncio.ensure_future(store.read(lambda tx: tx.facts.keys(""))) for _ in range(20)]
    for start in range(0, 200, 4):
        await asyncio.gather(*(one(start + number) for number in range(4)))
    await asyncio.gather(*others)


async def test_a_read_that_fails_is_told_alone(store: SqlStore) -> None:
    def refuse(tx: UnitOfWork) -> str | None:
        raise RefusalError("nothing")

    def broken(tx: UnitOfWork) -> str | None:
        tx.connection.exec_driver_sql("SELECT * FROM nowhere")
        return None

    def writing(tx: UnitOfWork) -> str | None:
        tx.facts.put("n", "1")
        return None

    def recording(tx: UnitOfWork) -> str | None:
        tx.audit.write(Entry("t", "1", tx.now, "see", "team", "t", None, source="command"))
        return None

    works = [refuse, lambda tx: tx.facts.get("n") or "none", broken, writing, lambda tx: tx.facts.get("n") or "none"]
    for added in ([], [recording]):
        found = await asyncio.gather(*(store.read(work) for work in (*works, *added)), return_exceptions=True)
        assert [type(one) for one in found] == [
            RefusalError,
            str,
            StoreError,
            StoreError,
            str,
            *[StoreError for _ in added],
        ]
        assert found[4] == "none"


async def test_what_is_read_together_reads_a_team_once(store: SqlStore) -> None:
    def found(tx: UnitOfWork) -> None:
        tx.teams.find("discord", "g1")

    await store.write(lambda tx: tx.teams.add(Team("t", "Atelier"), Installation("t", "discord", "g1")))
    await store.read(found)  # remembered from now on, under its mark
    asked: list[str] = []

    def traced(connection: sa.Connection) -> None:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.set_trace_callback(asked.append)

    sa.event.listen(store.engines.read, "begin", traced)
    await asyncio.gather(*(store.read(found) for _ in range(20)))
    assert 1 <= sum("installations" in one for one in asked) <= 3


async def test_a_read_that_takes_long_keeps_no_other_waiting(store: SqlStore) -> None:
    long = _sleepy(0.5)
    slow = asyncio.ensure_future(store.read(long.work))  # type: ignore[attr-defined]
    await asyncio.to_thread(long.wait)
    since = time.monotonic()
    for _ in range(5):
        await asyncio.gather(*(store.read(lambda tx: tx.facts.get("n")) for _ in range(5)))
    assert time.monotonic() - since < 0.3
    await slow


async def test_those_behind_one_that_takes_long_are_given_to_another(store: SqlStore) -> None:
    long, behind = _sleepy(0.1), _sleepy(0.0)
    works = [long.work, *([behind.work] * 20)]  # type: ignore[attr-defined]
    await asyncio.gather(*(store.read(work) for work in works))


async def test_a_caller_who_gave_up_is_not_answered(store: SqlStore) -> None:
    calls = [asyncio.ensure_future(store.read(lambda tx: tx.facts.get("n"))) for _ in range(10)]
    await asyncio.sleep(0)
    for one in calls[::2]:
        one.cancel()
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in found] == [True, False] * 5


async def test_a_database_that_is_gone_is_told_to_all(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'nowhere' / 'vigie.db'}", VirtualClock(NOW))
    found = await asyncio.gather(*(opened.read(lambda tx: tx.facts.get("n")) for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in found] == [StoreError] * 5
    await opened.close()


async def test_a_store_that_is_closed_says_so_each_time(store: SqlStore) -> None:
    await store.read(lambda tx: tx.facts.get("n"))
    await store.close()
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(store.read(lambda tx: tx.facts.get("n")), 1)


def test_a_loop_that_ended_in_the_middle_leaves_nothing_behind_for_the_next(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'vigie.db'}", VirtualClock(NOW))
    upgrade(opened.engines.write)

    async def leave() -> None:
        reads = [asyncio.ensure_future(opened.read(_sleepy(0.05).work)) for _ in range(4)]  # type: ignore[attr-defined]
        await asyncio.sleep(0.02)
        del reads

    async def look() -> None:
        for _ in range(5):
            await asyncio.wait_for(opened.read(lambda tx: tx.facts.get("n")), 2)
        await opened.close()

    asyncio.run(leave())
    asyncio.run(look())
