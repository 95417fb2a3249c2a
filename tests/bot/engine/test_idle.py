"""Nothing to do costs nothing: between two polls an engine on an armed timer sends no statement."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from adapters.recorder import Recorder
from adapters.timer import ApschedulerTimer
from bot.cli._compose import App, compose
from bot.clock import SystemClock
from bot.engine import engine as module
from storage.wake import open_wake
from tests.fakes.timer import HandTimer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest

    from bot.ports import Timer


@asynccontextmanager
async def _asleep(address: str, timer: Timer) -> AsyncIterator[tuple[App, list[str]]]:
    """A product that has nothing to do and sleeps; the statements that it sends from now on."""
    clock = SystemClock()
    app = compose(address, clock, [Recorder("web", clock)])
    wake = open_wake(app.store.engines, address)
    running = asyncio.create_task(app.engine.run(timer, wake))
    for _ in range(200):
        await asyncio.sleep(0.05)
        if app.engine._asleep_until is not None:
            break
    await asyncio.sleep(0.5)  # the wake has begun to listen, which is one more look
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: Any) -> None:
        if "SAVEPOINT" not in statement:  # a bracket around each unit of work, which reads and writes nothing
            sent.append(statement)

    for engine in {app.store.engines.write, app.store.engines.read}:
        event.listen(engine, "before_cursor_execute", note)

    try:
        yield app, sent
    finally:
        app.engine.stop()
        with suppress(asyncio.CancelledError):
            await running
        await wake.close()
        await app.store.close()


async def test_between_polls_no_statement_is_sent(address: str, request: pytest.FixtureRequest) -> None:
    seconds = 20.0 if request.config.getoption("--long") else 2.0
    async with _asleep(address, ApschedulerTimer()) as (_, sent):
        await asyncio.sleep(seconds)
        assert sent == []


async def test_an_idle_engine_is_armed_for_its_next_poll(address: str) -> None:
    timer = HandTimer()
    async with _asleep(address, timer):
        assert timer.at is not None
        assert timedelta(seconds=50) < timer.at - datetime.now(UTC) <= module.POLL


async def test_a_look_at_nothing_is_few_statements(address: str) -> None:
    timer = HandTimer()
    async with _asleep(address, timer) as (_, sent):
        timer.fire()
        await timer.next()
        assert 0 < len(sent) <= 14


async def test_a_clock_that_is_set_back_does_not_put_the_poll_off(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timer is armed for an instant of the wall clock, which may be two hours away by the time it would fire."""
    monkeypatch.setattr(module, "POLL", timedelta(seconds=0.5))
    timer = HandTimer()  # never fires
    async with _asleep(address, timer):
        before = timer.armed
        await asyncio.sleep(2.0)
        assert timer.armed >= before + 2
