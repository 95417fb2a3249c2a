"""Who goes first: clicks before batches, batches not for ever behind clicks, and room for all."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.clock import VirtualClock
from bot.errors import RefusalError, StoreError
from storage import engines
from storage import store as module
from storage.migrate import upgrade
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime
    from pathlib import Path


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path / 'vigie.db'}", VirtualClock(NOW))
    upgrade(opened.engines.write)
    yield opened
    await opened.close()


@pytest.fixture
async def store(current_address: str) -> AsyncIterator[SqlStore]:
    opened = open_store(current_address, VirtualClock(NOW))
    yield opened
    await opened.close()


def _noting(order: list[str], name: str, seconds: float = 0) -> Callable[[UnitOfWork], None]:
    def work(tx: UnitOfWork) -> None:
        time.sleep(seconds)
        tx.facts.put(name, name)
        order.append(name)

    return work


async def test_clicks_that_wait_go_before_batches_that_waited_longer(sqlite: SqlStore) -> None:
    order: list[str] = []
    running = asyncio.ensure_future(sqlite.write(_noting(order, "first", 0.1)))
    await asyncio.sleep(0.02)
    batches = [asyncio.ensure_future(sqlite.write(_noting(order, f"batch {n}", 0.02), batch=True)) for n in range(3)]
    await asyncio.sleep(0.02)
    clicks = [asyncio.ensure_future(sqlite.write(_noting(order, f"click {n}"))) for n in range(3)]
    await asyncio.gather(running, *batches, *clicks)
    assert [one.split()[0] for one in order] == ["first", "click", "click", "click", "batch", "batch", "batch"]


async def test_a_click_waits_for_one_batch_at_most(sqlite: SqlStore) -> None:
    order: list[str] = []
    batches = [asyncio.ensure_future(sqlite.write(_noting(order, f"batch {n}", 0.05), batch=True)) for n in range(10)]
    await asyncio.sleep(0.02)
    await sqlite.write(_noting(order, "click"))
    assert order.index("click") <= 1
    await asyncio.gather(*batches)


async def test_a_batch_is_not_kept_waiting_for_ever(sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody always clicks: the batch still runs, about `PATIENCE` later."""
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    order: list[str] = []
    stop = asyncio.Event()

    async def clicking() -> None:
        while not stop.is_set():
            await sqlite.write(_noting(order, "click", 0.005))

    people = [asyncio.ensure_future(clicking()) for _ in range(3)]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        await sqlite.write(_noting(order, "batch"), batch=True)
    stop.set()
    await asyncio.gather(*people)
    assert order.count("batch") == 1
    assert order.index("batch") > 1


async def test_batches_leave_room_for_a_click(store: SqlStore) -> None:
    """However many batches there are, PostgreSQL has a thread and a connection for a click, SQLite after one batch."""
    release = threading.Event()
    if store.engines.threads == 1:
        pytest.skip("one writer: see the test above")

    def blocked(tx: UnitOfWork) -> None:
        tx.facts.get("x")
        assert release.wait(timeout=30)

    batches = [asyncio.ensure_future(store.write(blocked, batch=True)) for _ in range(10)]
    await asyncio.sleep(0.2)
    async with asyncio.timeout(5):
        await store.write(_noting([], "click"))
    release.set()
    await asyncio.gather(*batches)


async def test_reading_does_not_wait_for_writers(store: SqlStore) -> None:
    """Every writer is busy: reads have threads and connections of their own."""
    release = threading.Event()
    busy = threading.Semaphore(0)

    def blocked(tx: UnitOfWork) -> None:
        tx.facts.get("x")
        busy.release()
        assert release.wait(timeout=30)

    batches = [asyncio.ensure_future(store.write(blocked, batch=True)) for _ in range(store.engines.threads - 1)]
    writers = [*batches, asyncio.ensure_future(store.write(blocked))]
    for _ in writers:
        assert await asyncio.to_thread(busy.acquire, True, 10)
    async with asyncio.timeout(5):
        await asyncio.gather(*(store.read(lambda tx: tx.facts.get("x")) for _ in range(20)))
    release.set()
    await asyncio.gather(*writers)


async def test_a_click_whose_caller_gave_up_lets_batches_through(sqlite: SqlStore) -> None:
    order: list[str] = []
    begun = threading.Event()
    note = _noting(order, "click", 0.1)

    def noted(tx: UnitOfWork) -> None:
        begun.set()
        note(tx)

    click = asyncio.ensure_future(sqlite.write(noted))
    assert await asyncio.to_thread(begun.wait, 10)
    click.cancel()
    async with asyncio.timeout(2):
        await sqlite.write(_noting(order, "batch"), batch=True)
    assert order == ["click", "batch"]


# What will be due


def _owing(tx: UnitOfWork, *hours: int) -> None:
    for hour in hours:
        tx.outbox.expect(NOW + timedelta(hours=hour))


async def test_what_a_commit_leaves_to_be_due_is_told_once_with_its_earliest_instant(store: SqlStore) -> None:
    told: list[datetime] = []
    store.expect = told.append
    await store.write(lambda tx: _owing(tx, 3, 1, 2))
    await store.write(_noting([], "nothing due"))
    assert told == [NOW + timedelta(hours=1)]


async def test_what_was_rolled_back_will_not_be_due(store: SqlStore) -> None:
    told: list[datetime] = []
    store.expect = told.append

    def refused(tx: UnitOfWork) -> None:
        _owing(tx, 1)
        raise RefusalError("item.gone")

    with pytest.raises(RefusalError):
        await store.write(refused)
    assert told == []


async def test_what_the_engine_plans_itself_is_no_news_to_it(store: SqlStore) -> None:
    told: list[datetime] = []
    store.expect = told.append
    await store.write(lambda tx: _owing(tx, 1), batch=True)
    assert told == []


async def test_a_commit_whose_answer_was_lost_may_have_left_something_to_be_due(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[datetime] = []
    store.expect = told.append
    monkeypatch.setattr(store.engines.write.dialect, "do_commit", _commits_and_loses_the_answer)
    with pytest.raises(StoreError):
        await store.write(_keep)
    monkeypatch.undo()
    assert await store.read(lambda tx: tx.facts.get("kept")) == "yes"
    assert told == [NOW + timedelta(hours=1)]


def _keep(tx: UnitOfWork) -> None:
    tx.facts.put("kept", "yes")
    _owing(tx, 1)


def _commits_and_loses_the_answer(connection: Any) -> None:
    """The database has done it; we are told that the connection is gone."""
    connection.commit()
    raise sa.exc.OperationalError("COMMIT", {}, ConnectionError("connection reset by peer"))


@pytest.mark.parametrize("current_address", ["postgresql"], indirect=True)
async def test_a_connection_that_broke_while_nobody_used_it_is_replaced(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(lambda tx: tx.facts.put("kept", "yes"))
    await _break_all(store)
    monkeypatch.setattr(engines, "RECENT", 0.0)
    assert await store.read(lambda tx: tx.facts.get("kept")) == "yes"
    await store.write(lambda tx: tx.facts.put("kept", "still"))


@pytest.mark.parametrize("current_address", ["postgresql"], indirect=True)
async def test_who_clicks_while_connections_break_does_not_notice(store: SqlStore) -> None:
    await store.write(lambda tx: tx.facts.put("kept", "yes"))
    await _break_all(store)
    await store.write(lambda tx: tx.facts.put("kept", "still"))
    assert await store.write(lambda tx: tx.facts.get("kept")) == "still"


async def _break_all(store: SqlStore) -> None:
    """As a server that restarts does to its connections."""
    url = store.engines.write.url
    other = sa.create_engine(url, poolclass=sa.NullPool)
    with other.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            (url.database,),
        )


@pytest.mark.parametrize("current_address", ["postgresql"], indirect=True)
async def test_no_batch_keeps_the_plan_of_empty_tables(store: SqlStore) -> None:
    for _ in range(12):  # the driver prepares at the fifth, the server may settle on one plan five later
        await store.write(lambda tx: tx.outbox.claim("one", 60, NOW, 10), batch=True)
    plans = (
        "SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE 'UPDATE del%%'"
    )
    made, kept = await store.write(lambda tx: tx.connection.exec_driver_sql(plans).one(), batch=True)
    assert made >= 6
    assert kept == 0
