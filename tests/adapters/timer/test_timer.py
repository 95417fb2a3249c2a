"""The one appointment of the engine: kept on the loop, moved by arming again, late rather than lost."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.timer import ApschedulerTimer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = timedelta(milliseconds=50)
PATIENCE = 10.0


class Woken:
    """When it was woken, and in which thread."""

    def __init__(self) -> None:
        self.at: list[datetime] = []
        self.threads: set[int] = set()
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self.at.append(datetime.now(UTC))
        self.threads.add(threading.get_ident())
        self._event.set()

    async def next(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._event.wait()
        self._event.clear()


@pytest.fixture
async def timer() -> AsyncIterator[ApschedulerTimer]:
    made = ApschedulerTimer()
    yield made
    made.stop()


@pytest.fixture
async def woken() -> Woken:
    return Woken()


async def test_it_wakes_at_the_instant_and_not_before(timer: ApschedulerTimer, woken: Woken) -> None:
    at = datetime.now(UTC) + SOON
    timer.arm(at, woken)
    await woken.next()
    assert woken.at[0] >= at


async def test_it_wakes_on_the_loops_own_thread(timer: ApschedulerTimer, woken: Woken) -> None:
    timer.arm(datetime.now(UTC) + SOON, woken)
    await woken.next()
    assert woken.threads == {threading.get_ident()}


async def test_it_wakes_once(timer: ApschedulerTimer, woken: Woken) -> None:
    timer.arm(datetime.now(UTC) + SOON, woken)
    await asyncio.sleep(0.3)
    assert len(woken.at) == 1


async def test_arming_again_moves_the_appointment(timer: ApschedulerTimer, woken: Woken) -> None:
    timer.arm(datetime.now(UTC) + timedelta(hours=1), woken)
    timer.arm(datetime.now(UTC) + SOON, woken)
    await woken.next()
    timer.arm(datetime.now(UTC) + SOON, woken)
    timer.arm(datetime.now(UTC) + timedelta(hours=1), woken)
    await asyncio.sleep(0.3)
    assert len(woken.at) == 1


async def test_an_instant_that_is_past_wakes_at_once(timer: ApschedulerTimer, woken: Woken) -> None:
    timer.arm(datetime.now(UTC) - timedelta(days=3), woken)
    await woken.next()


async def test_a_busy_loop_makes_it_late_and_not_lost(timer: ApschedulerTimer, woken: Woken) -> None:
    """APScheduler's own default forgets what is more than a second late."""
    timer.arm(datetime.now(UTC) + SOON, woken)
    time.sleep(1.5)  # noqa: ASYNC251  # the loop is held up, which is the point
    await woken.next()


async def test_nothing_wakes_after_stop(timer: ApschedulerTimer, woken: Woken) -> None:
    timer.arm(datetime.now(UTC) + SOON, woken)
    timer.stop()
    await asyncio.sleep(0.3)
    assert woken.at == []


async def test_stopping_what_was_never_armed_is_fine(timer: ApschedulerTimer) -> None:
    timer.stop()
    timer.stop()
