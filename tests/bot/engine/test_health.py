"""Readiness: each thing that keeps the work from being done is a reason of its own, and goes away with its cause."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import StoreError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address
    from tests.story import Story


async def _reasons(story: Story) -> dict[str, int]:
    return dict((await story.app.health.look()).reasons)


async def _refuse(to: Address, message: Message, *, key: str) -> Ref:
    raise TransportError("transport.busy", permanent=False)


async def test_before_its_first_tick_it_is_starting(story: Story) -> None:
    assert set(await _reasons(story)) == {"starting"}


async def test_a_day_that_goes_well_gives_no_reason(story: Story) -> None:
    await story.until("17:30")

    assert await _reasons(story) == {}


async def test_a_last_tick_that_is_too_old_is_a_reason(story: Story) -> None:
    await story.until("09:00")
    await story.until("09:03")
    assert await _reasons(story) == {}

    await story.until("09:04")
    assert await _reasons(story) == {"tick": 240}


async def test_what_waits_for_too_long_is_a_reason(story: Story) -> None:
    await story.until("14:00")
    await story.app.store.write(lambda tx: _owe(tx, story))
    _later(story, minutes=4)
    assert await _reasons(story) == {}

    _later(story, minutes=2)
    assert await _reasons(story) == {"backlog": 360}
    figures = (await story.app.health.look()).figures
    assert figures == {"tick_seconds": 0, "backlog": 1, "backlog_seconds": 360, "failing": 0}


def _later(story: Story, **by: float) -> None:
    """Some time passes in which the engine ticks and sends nothing."""
    story.clock.move_to(story.clock.now() + timedelta(**by))
    story.app.engine.ticked_at = story.clock.now()


def _owe(tx: Any, story: Story) -> None:
    from bot.engine.posting import Delivery, Destination, NewPosting, Posting
    from bot.ids import new_id

    team = story.place.team
    home = tx.teams.get(team).home
    posting = Posting(team, new_id(tx.now), Destination(channel=home), "morning", "2026-11-23", tx.now)
    tx.postings.add_many([NewPosting(posting)])
    tx.outbox.owe([Delivery(team, new_id(tx.now), posting.id, "post", tx.now)])


async def test_a_platform_that_takes_nothing_is_a_reason_until_it_does(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(story.platform, "post", _refuse)
        await story.until("09:04")
        story.app.engine.ticked_at = story.clock.now()
        assert await _reasons(story) == {}
        await story.until("09:10")
        story.app.engine.ticked_at = story.clock.now()
        assert set(await _reasons(story)) == {"sending"}

    await story.until("10:00")
    story.app.engine.ticked_at = story.clock.now()
    assert await _reasons(story) == {}


async def _never(work: Callable[[Any], object]) -> object:
    return await asyncio.Event().wait()


async def _fails(work: Callable[[Any], object]) -> object:
    raise StoreError("store.unreachable", why="OperationalError")


@pytest.mark.parametrize("read", [_never, _fails])
async def test_a_database_that_does_not_answer_is_a_reason(
    story: Story, monkeypatch: pytest.MonkeyPatch, read: object
) -> None:
    await story.until("09:00")
    monkeypatch.setattr(story.app.store, "read", read)
    monkeypatch.setattr("bot.engine.health.ANSWER", 0.05)

    assert await _reasons(story) == {"database": 0}
    figures = (await story.app.health.look()).figures
    assert (figures["backlog"], figures["backlog_seconds"]) == (None, None)
