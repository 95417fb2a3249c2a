"""Hints: a call within one process, a NOTIFY between processes, and what happens when the listener is cut off."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest

from storage import wake as module
from storage.engines import open_engines
from storage.wake import CHANNEL, LocalWake, OpenWake, open_wake

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.fakes.postgres import Postgres

SOON = 5.0
QUIET = 0.3


class Woken:
    """Counts the wake-ups of one process."""

    def __init__(self) -> None:
        self.times = 0
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self.times += 1
        self._event.set()

    async def next(self) -> None:
        async with asyncio.timeout(SOON):
            await self._event.wait()
        self._event.clear()

    async def stays_quiet(self) -> bool:
        seen = self.times
        await asyncio.sleep(QUIET)
        return self.times == seen


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as found:
        yield found


@pytest.fixture
async def process(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[], OpenWake]]:
    """Opens the wake of one more process on the same database."""
    monkeypatch.setattr(module, "FIRST_BACKOFF", 0.05)
    engines = open_engines(url)
    opened: list[OpenWake] = []

    def another() -> OpenWake:
        opened.append(open_wake(engines, url))
        return opened[-1]

    yield another
    for one in opened:
        await one.close()
    engines.dispose()


async def _listening(wake: OpenWake) -> Woken:
    """Subscribe, and wait for the first wake-up: the listener is connected then."""
    woken = Woken()
    wake.subscribe(woken)
    await woken.next()
    return woken


async def test_within_one_process_a_hint_is_a_call() -> None:
    engines = open_engines("sqlite://")
    wake, woken = open_wake(engines, "sqlite://"), Woken()
    assert isinstance(wake, LocalWake)
    wake.subscribe(woken)
    wake.hint()
    assert woken.times == 1
    engines.dispose()


async def test_a_hint_reaches_another_process(process: Callable[[], OpenWake]) -> None:
    teller, listener = process(), process()
    woken = await _listening(listener)
    teller.hint()
    await woken.next()
    assert woken.times == 2


async def test_our_own_hint_reaches_us_at_once_and_only_once(process: Callable[[], OpenWake]) -> None:
    wake = process()
    woken = await _listening(wake)
    wake.hint()
    assert woken.times == 2
    assert await woken.stays_quiet()


async def test_a_burst_of_hints_is_few_notifications(url: str, process: Callable[[], OpenWake]) -> None:
    teller = process()
    heard = 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        for _ in range(500):
            teller.hint()
        heard = len(await asyncio.to_thread(lambda: list(connection.notifies(timeout=1))))
    assert 1 <= heard < 50


async def test_a_listener_that_is_cut_off_comes_back_and_ticks_once(url: str, process: Callable[[], OpenWake]) -> None:
    teller, listener = process(), process()
    woken = await _listening(listener)
    with psycopg.connect(url, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        ).fetchall()
    assert cut == [(True,)]

    await woken.next()  # whatever was missed meanwhile
    assert await woken.stays_quiet()
    assert woken.times == 2

    teller.hint()
    await woken.next()


async def test_a_hint_without_a_database_is_only_lost(process: Callable[[], OpenWake], url: str) -> None:
    """The poll is the truth: whoever hints is not troubled by it."""
    wake = process()
    woken = Woken()
    engines = open_engines("postgresql://nobody:nothing@127.0.0.1:9/none?connect_timeout=1")
    lost = open_wake(engines, url)
    lost.subscribe(woken)
    lost.hint()
    assert woken.times == 1
    await lost.close()
    wake.hint()
    engines.dispose()


async def test_nobody_is_called_after_closing(process: Callable[[], OpenWake]) -> None:
    teller, listener = process(), process()
    woken = await _listening(listener)
    await listener.close()
    teller.hint()
    listener.hint()
    assert await woken.stays_quiet()
