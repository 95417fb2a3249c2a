"""What is on its way while the next batch is planned."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from bot.engine import in_flight as module
from bot.engine.in_flight import InFlight
from bot.engine.posting import Delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.sender import Sender


def _some(name: str) -> list[Delivery]:
    return [Delivery("team", name, "posting", "edit", datetime(2026, 11, 23, 8, tzinfo=UTC))]


class FakeSender:
    """Sends until it is told that something has arrived, or failed."""

    def __init__(self, *waiting: str) -> None:
        self.waiting = deque(waiting)
        self.under_way: dict[str, asyncio.Future[None]] = {}
        self.full = False

    async def claim(self) -> Sequence[Delivery]:
        return _some(self.waiting.popleft()) if self.waiting else []

    def begin(self, taken: Sequence[Delivery]) -> asyncio.Task[None]:
        arrived = self.under_way[taken[0].id] = asyncio.get_running_loop().create_future()

        async def send() -> None:
            await arrived

        return asyncio.create_task(send())

    def in_flight(self) -> InFlight:
        return InFlight(cast("Sender", self))


async def test_what_was_claimed_arrives_before_more_is_claimed() -> None:
    """Two edits of one message must not overtake one another."""
    sender = FakeSender("first", "second")
    in_flight = sender.in_flight()
    assert await in_flight.claim()
    assert not await in_flight.claim()

    sender.under_way["first"].set_result(None)
    assert await in_flight.next_done()

    assert await in_flight.claim()
    assert list(sender.under_way) == ["first", "second"]
    sender.under_way["second"].set_result(None)
    await in_flight.finish()


async def test_planned_batches_are_sent_side_by_side() -> None:
    sender = FakeSender()
    in_flight = sender.in_flight()
    in_flight.take(_some("one"))
    in_flight.take(_some("two"))
    assert set(sender.under_way) == {"one", "two"}

    sender.under_way["two"].set_result(None)
    assert await in_flight.next_done()
    sender.under_way["one"].set_result(None)
    assert await in_flight.next_done()
    assert not await in_flight.next_done()


async def test_planning_waits_for_room_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOW", 0.01)
    sender = FakeSender()
    in_flight = sender.in_flight()
    in_flight.take(_some("slow"))
    sender.full = True
    async with asyncio.timeout(5):
        await in_flight.make_room(large=True)
        await in_flight.make_room(large=False)
    sender.under_way["slow"].set_result(None)
    await in_flight.finish()


async def test_a_fault_is_raised_when_everything_else_has_arrived() -> None:
    sender = FakeSender()
    in_flight = sender.in_flight()
    in_flight.take(_some("broken"))
    in_flight.take(_some("fine"))
    finishing = asyncio.create_task(in_flight.finish())
    sender.under_way["broken"].set_exception(LookupError("ours"))
    await asyncio.sleep(0)
    assert not finishing.done()
    sender.under_way["fine"].set_result(None)
    with pytest.raises(LookupError, match="ours"):
        await finishing
