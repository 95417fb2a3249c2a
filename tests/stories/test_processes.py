"""Several processes on one PostgreSQL: any of them plans, any of them sends, and one that is gone is not missed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.cli._compose import App, compose
from bot.engine.engine import POLL
from bot.request import Typed
from storage import schema as s
from storage.wake import open_wake
from tests.fakes.timer import HandTimer
from tests.story import Story, tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from storage.wake import OpenWake
    from tests.fakes.postgres import Postgres

    Start = Callable[[], AbstractAsyncContextManager["Process"]]


@dataclass
class Process:
    """One `vigie run`, whose timer is fired by hand."""

    app: App
    timer: HandTimer
    wake: OpenWake
    hints: int = 0

    async def fire(self) -> None:
        """Its moment has come: returns when it sleeps again."""
        self.timer.fire()
        await self.timer.next()


@pytest.fixture
def address(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
async def story(address: str) -> AsyncIterator[Story]:
    """The demo team on Monday at 8:55; the story's own product answers people, and its engine is not running."""
    async with tell(address) as told:
        yield told


@pytest.fixture
def start(address: str, story: Story) -> Start:
    """Starts one more process for the same chat, on the same clock; cut off at the end of the block."""

    @asynccontextmanager
    async def process() -> AsyncIterator[Process]:
        app = compose(address, story.clock, [story.platform])
        made = Process(app, HandTimer(), open_wake(app.store.engines, address))
        hint = made.wake.hint

        def counted() -> None:
            made.hints += 1
            hint()

        made.wake.hint = counted  # type: ignore[method-assign]
        running = asyncio.create_task(app.engine.run(made.timer, made.wake))
        while made.timer.armed < 2:  # once at its start, once when its wake has begun to listen
            await made.timer.next()
        try:
            yield made
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await made.wake.close()
            await app.store.close()

    return process


async def _ask(process: Process, story: Story, line: str) -> None:
    """Somebody types a line, which this process answers."""
    own, story.app = story.app, process.app
    try:
        assert not (await story.reply("Léa", Typed(line))).fault
    finally:
        story.app = own


async def test_a_reminder_made_in_one_process_is_sent_at_its_minute_by_another(story: Story, start: Start) -> None:
    story.clock.advance(timedelta(seconds=10))
    poll, minute = story.clock.now() + POLL, story.clock.now() + timedelta(seconds=50)
    async with start() as other:
        assert other.timer.at == poll
        async with start() as asked:
            await _ask(asked, story, "rappelle-moi à 8h56 de fermer la fenêtre")
            await other.timer.until(minute)
        story.clock.move_to(minute)  # the process that was asked is gone
        await other.fire()
    assert "fermer la fenêtre" in story.private("Léa")[-1]


async def test_others_are_told_only_of_what_they_would_find_too_late(story: Story, start: Start) -> None:
    story.clock.advance(timedelta(seconds=10))
    async with start() as asked:
        await _ask(asked, story, "rappelle-moi à 9h30 de fermer la fenêtre")  # their poll finds it in time
        assert asked.hints == 0
        await _ask(asked, story, "rappelle-moi à 8h56 de fermer la porte")
        assert asked.hints == 1
        await asked.timer.until(story.clock.now() + timedelta(seconds=50))
        await _ask(asked, story, "rappelle-moi à 8h56 de fermer la grille")  # they know of that minute
        await _ask(asked, story, "fait veille")  # done here, at once
        assert asked.hints == 1


async def test_what_a_dead_process_held_is_sent_when_its_lease_ends(story: Story, start: Start) -> None:
    """Not a poll later: the end of a lease is an instant to wake up for."""
    await story.until("08:59")
    with story.app.store.engines.write.begin() as connection:
        connection.execute(
            sa.update(s.deliveries).where(s.deliveries.c.state == "ready").values(send_after=story.clock.now())
        )
    held = await story.app.store.write(lambda tx: tx.outbox.claim("dead", 30.0, tx.now, 10))
    assert held
    async with start() as other:
        assert other.timer.at is not None
        assert timedelta(seconds=25) < other.timer.at - story.clock.now() <= timedelta(seconds=30)
