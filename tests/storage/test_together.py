"""Writes that wait for SQLite's one writer are committed together: none harms another, nobody is answered before."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.clock import VirtualClock
from bot.errors import RefusalError, StoreError
from storage import together
from storage.migrate import upgrade
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'vigie.db'}"


@pytest.fixture
async def store(address: str) -> AsyncIterator[SqlStore]:
    opened = open_store(address, VirtualClock(NOW))
    upgrade(opened.engines.write)
    yield opened
    await opened.close()


def _put(name: str) -> Callable[[UnitOfWork], str]:
    def work(tx: UnitOfWork) -> str:
        tx.facts.put(name, name)
        return name

    return work


def _refused(tx: UnitOfWork) -> None:
    tx.facts.put("refused", "written, then refused")
    raise RefusalError("item.gone")


def _broken(tx: UnitOfWork) -> None:
    tx.facts.put("broken", "written, then broken")
    tx.connection.execute(sa.text("INSERT INTO facts (key) VALUES ('no value')"))


async def _held(store: SqlStore) -> threading.Event:
    """Keep the writer busy until the event is set: what is asked for meanwhile waits."""
    busy, release = threading.Event(), threading.Event()

    def hold(_: UnitOfWork) -> None:
        busy.set()
        assert release.wait(10)

    asyncio.ensure_future(store.write(hold, batch=True)).add_done_callback(lambda task: task.result())
    await asyncio.to_thread(busy.wait, 10)
    return release


async def _together(store: SqlStore, *works: Callable[[UnitOfWork], object]) -> list[object]:
    release = await _held(store)
    waiting = [asyncio.ensure_future(store.write(work)) for work in works]
    await asyncio.sleep(0)
    release.set()
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_writes_that_wait_share_a_commit(store: SqlStore) -> None:
    commits: list[object] = []
    release = await _held(store)
    sa.event.listen(store.engines.write, "commit", commits.append)
    waiting = [asyncio.ensure_future(store.write(_put(f"n{number}"))) for number in range(40)]
    await asyncio.sleep(0)
    release.set()
    assert await asyncio.gather(*waiting) == [f"n{number}" for number in range(40)]
    assert len(commits) < 10  # the batch's own among them; a slow machine needs some more than two


async def test_one_that_fails_takes_nothing_of_the_others_along(store: SqlStore) -> None:
    first, refused, broken, last = await _together(store, _put("first"), _refused, _broken, _put("last"))
    assert (first, last) == ("first", "last")
    assert isinstance(refused, RefusalError)
    assert isinstance(broken, StoreError)
    assert await store.read(lambda tx: list(tx.facts.keys(""))) == ["first", "last"]


async def test_a_commit_that_fails_is_everybodys_failure(store: SqlStore) -> None:
    release = await _held(store)
    waiting = [asyncio.ensure_future(store.write(_put(f"n{number}"))) for number in range(3)]
    await asyncio.sleep(0)

    def fail(connection: sa.Connection) -> None:
        if connection.exec_driver_sql("SELECT count(*) FROM facts").scalar():
            raise sa.exc.OperationalError("COMMIT", None, Exception("disk full"))

    sa.event.listen(store.engines.write, "commit", fail)
    release.set()
    assert all(isinstance(one, StoreError) for one in await asyncio.gather(*waiting, return_exceptions=True))
    sa.event.remove(store.engines.write, "commit", fail)
    assert await store.read(lambda tx: list(tx.facts.keys(""))) == []
    assert await store.write(_put("later")) == "later"


async def test_a_database_that_cannot_be_opened_fails_whoever_waits(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'nowhere' / 'vigie.db'}", VirtualClock(NOW))
    waiting = (store.write(_put(f"n{number}")) for number in range(3))
    async with asyncio.timeout(10):
        found = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, StoreError) for one in found)
    await store.close()


async def test_who_gave_up_before_their_turn_changes_nothing(store: SqlStore) -> None:
    release = await _held(store)
    gone, there = (asyncio.ensure_future(store.write(_put(name))) for name in ("gone", "there"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    release.set()
    assert await there == "there"
    assert await store.read(lambda tx: list(tx.facts.keys(""))) == ["there"]


async def test_a_commit_takes_no_more_than_fits_its_time(store: SqlStore) -> None:
    """A batch that has waited its time has its turn between two commits, however many clicks there are."""
    order: list[str] = []

    def click(_: UnitOfWork) -> None:
        time.sleep(together.LONGEST / 2)
        order.append("click")

    release = await _held(store)
    clicks = [asyncio.ensure_future(store.write(click)) for _ in range(6)]
    await asyncio.sleep(0)
    nightly = store._writers.submit(order.append, "batch")  # what a batch does once its patience ends
    release.set()
    await asyncio.gather(*clicks)
    nightly.result(10)
    assert 0 < order.index("batch") <= 3


async def test_each_sees_what_the_one_before_wrote(store: SqlStore) -> None:
    def add(tx: UnitOfWork) -> int:
        count = int(tx.facts.get("count") or 0) + 1
        tx.facts.put("count", str(count))
        return count

    assert await _together(store, *([add] * 20)) == list(range(1, 21))


_WRITER = """
import asyncio, os, sys
from bot.clock import VirtualClock
from storage.store import open_store
from tests.contracts.world import NOW

async def person(store, name):
    number = 0
    while True:
        key = f"{name}-{number}"
        await store.write(lambda tx: tx.facts.put(key, key))
        os.write(1, (key + "\\n").encode())
        number += 1

async def main():
    store = open_store(sys.argv[1], VirtualClock(NOW))
    await asyncio.gather(*(person(store, name) for name in range(32)))

asyncio.run(main())
"""


def test_what_was_answered_outlives_a_kill(store: SqlStore, address: str, request: pytest.FixtureRequest) -> None:
    """SIGKILL in the middle of shared commits: no answer that was given is lost."""
    for _ in range(12 if request.config.getoption("--long") else 3):
        child = subprocess.Popen([sys.executable, "-c", _WRITER, address], stdout=subprocess.PIPE)
        assert child.stdout is not None
        answered = [child.stdout.readline().decode().strip() for _ in range(300)]
        os.kill(child.pid, signal.SIGKILL)
        answered += [line.decode().strip() for line in child.stdout if line.endswith(b"\n")]
        child.wait()
        child.stdout.close()
        kept = set(store.now_do(store.engines.read, lambda tx: tx.facts.keys("")))
        assert set(answered) <= kept
        store.now_do(store.engines.write, lambda tx: [tx.facts.forget(key) for key in tx.facts.keys("")])


async def test_a_store_that_is_closed_takes_no_more_and_says_so_each_time(store: SqlStore) -> None:
    await store.write(lambda tx: tx.facts.put("n", "1"))
    await store.close()
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(store.write(lambda tx: tx.facts.put("n", "2")), 1)
