"""Interactive writes that wait share one commit: a failure costs only itself, and no caller is answered before."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.clock import VirtualClock
from bot.errors import RefusalError, StoreError
from storage import group_commit
from storage.migrate import upgrade
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.world import NOW, rows, store_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


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

    batch = store.engines.dialect == "sqlite"  # PostgreSQL has other threads for clicks: only one of them holds them
    asyncio.ensure_future(store.write(hold, batch=batch)).add_done_callback(lambda task: task.result())
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


US = rows("ours")


def _once(name: str, key: str) -> Callable[[UnitOfWork], str]:
    """As bot.pipeline does: what was handled is not handled again."""

    def work(tx: UnitOfWork) -> str:
        stored = tx.requests.find(US.team.id, key)
        if stored is not None:
            return stored
        tx.facts.put(name, key)
        tx.requests.put(US.team.id, key, NOW, f"done by {name}")
        return f"done by {name}"

    return work


@pytest.mark.parametrize("last", [_put("last"), _once("last", "old"), _refused], ids=["new", "old", "refused"])
async def test_a_request_that_comes_twice_at_once_is_handled_once(
    store: SqlStore, last: Callable[[UnitOfWork], object]
) -> None:
    """Whether nothing else is wrong with that commit, or one in it is an old request, or a refused one."""
    await store.write(lambda tx: store_rows(tx, US))
    await store.write(_once("before", "old"))
    *found, _ = await _together(store, _once("one", "a"), _once("two", "a"), _once("three", "b"), last)
    assert found == ["done by one", "done by one", "done by three"]
    kept = await store.read(lambda tx: sorted(tx.facts.keys("")))
    assert set(kept) - {"used_by", "last"} == {"before", "one", "three"}


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_a_request_that_another_process_handles_meanwhile_is_handled_once(store: SqlStore) -> None:
    await store.write(lambda tx: store_rows(tx, US))
    reached = threading.Barrier(2)

    def slow(name: str) -> Callable[[UnitOfWork], str]:
        runs: list[str] = []

        def work(tx: UnitOfWork) -> str:
            assert runs or tx.requests.find(US.team.id, "a") is None
            runs.append(name)
            if len(runs) == 1:
                reached.wait(10)
                tx.requests.put(US.team.id, "a", NOW, f"done by {name}")
                tx.facts.put(name, "a")
            return str(tx.requests.find(US.team.id, "a"))

        return work

    first, second = await asyncio.gather(store.write(slow("here")), store.write(slow("there"), batch=True))
    assert first == second
    assert await store.read(lambda tx: len([key for key in tx.facts.keys("") if key != "used_by"])) == 1


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


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_commit_takes_no_more_than_fits_its_time(store: SqlStore) -> None:
    """A batch that has waited its time has its turn between two commits, however many clicks there are."""
    order: list[str] = []

    def click(_: UnitOfWork) -> None:
        time.sleep(group_commit.MAX_SECONDS / 2)
        order.append("click")

    release = await _held(store)
    clicks = [asyncio.ensure_future(store.write(click)) for _ in range(6)]
    await asyncio.sleep(0)  # the writer is called
    nightly = store._writers.submit(order.append, "batch")  # what a batch does once its patience ends
    release.set()
    await asyncio.gather(*clicks)
    nightly.result(10)
    assert 0 < order.index("batch") <= 3


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_what_another_process_keeps_a_commit_waiting_is_not_its_time(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would begin none of its units, and lose its turn."""
    monkeypatch.setattr(group_commit, "MAX_SECONDS", 0.3)
    commits: list[object] = []
    sa.event.listen(store.engines.write, "commit", commits.append)
    other = sqlite3.connect(str(store.engines.write.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writes = [asyncio.ensure_future(store.write(_put(name))) for name in ("a", "b")]
    await asyncio.sleep(0.5)
    other.execute("COMMIT")
    other.close()
    assert await asyncio.gather(*writes) == ["a", "b"]
    assert len(commits) == 1


async def test_nobody_is_answered_before_the_commit(store: SqlStore) -> None:
    events: list[str] = []
    sa.event.listen(store.engines.write, "commit", lambda _: events.append("commit"))
    write = asyncio.ensure_future(store.write(_put("a")))
    write.add_done_callback(lambda _: events.append("answer"))
    await write
    await asyncio.sleep(0)
    assert events == ["commit", "answer"]


async def test_a_caller_who_is_cancelled_after_the_start_changes_nothing_for_the_others(store: SqlStore) -> None:
    started, release = threading.Event(), threading.Event()

    def slow(tx: UnitOfWork) -> None:
        tx.facts.put("slow", "slow")
        started.set()
        assert release.wait(10)

    gone = asyncio.ensure_future(store.write(slow))
    assert await asyncio.to_thread(started.wait, 10)
    other = asyncio.ensure_future(store.write(_put("other")))
    gone.cancel()
    await asyncio.sleep(0)
    release.set()
    assert await other == "other"
    assert await store.read(lambda tx: sorted(tx.facts.keys(""))) == ["other", "slow"]


class _TieError(Exception):
    sqlstate = "40P01"


async def test_a_unit_that_loses_a_deadlock_runs_again_alone(store: SqlStore) -> None:
    runs: list[str] = []

    def tied(tx: UnitOfWork) -> str:
        tx.facts.put("tied", "yes")
        runs.append("tied")
        if len(runs) == 1:
            raise sa.exc.OperationalError("UPDATE", None, _TieError())
        return "done"

    def counted(tx: UnitOfWork) -> int:
        count = int(tx.facts.get("count") or 0) + 1
        tx.facts.put("count", str(count))
        return count

    assert await _together(store, counted, tied, counted) == [1, "done", 2]
    assert runs == ["tied", "tied"]


async def test_a_unit_that_always_loses_is_told_in_the_end(store: SqlStore) -> None:
    runs: list[str] = []

    def tied(_: UnitOfWork) -> None:
        runs.append("tied")
        raise sa.exc.OperationalError("UPDATE", None, _TieError())

    with pytest.raises(StoreError):
        await store.write(tied)
    assert len(runs) == group_commit.MAX_RUNS


async def test_a_commit_that_loses_a_tie_is_run_again(store: SqlStore) -> None:
    commits: list[str] = []

    def fail_once(_: sa.Connection) -> None:
        commits.append("commit")
        if len(commits) == 1:
            raise sa.exc.OperationalError("COMMIT", None, _TieError())

    sa.event.listen(store.engines.write, "commit", fail_once)
    assert await store.write(_put("a")) == "a"
    assert len(commits) == 2
    assert await store.read(lambda tx: tx.facts.get("a")) == "a"


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
        kept = set(store.run_now(store.engines.read, lambda tx: tx.facts.keys("")))
        assert set(answered) <= kept
        store.run_now(store.engines.write, lambda tx: [tx.facts.forget(key) for key in tx.facts.keys("")])


async def test_a_store_that_is_closed_takes_no_more_and_says_so_each_time(store: SqlStore) -> None:
    await store.write(lambda tx: tx.facts.put("n", "1"))
    await store.close()
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(store.write(lambda tx: tx.facts.put("n", "2")), 1)


async def test_who_waits_for_others_when_the_store_closes_is_told(store: SqlStore) -> None:
    release = await _held(store)
    store._group_commit._writing = True  # a group is being written
    waiting = asyncio.ensure_future(store.write(_put("late")))
    await asyncio.sleep(0)
    store._writers.shutdown(wait=False)
    release.set()
    store._group_commit._resolve_group(asyncio.get_running_loop(), [])
    with pytest.raises(RuntimeError):
        await asyncio.wait_for(waiting, 5)
