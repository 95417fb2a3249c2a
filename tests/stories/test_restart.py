"""The process ends at the worst moments, and another one goes on: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from adapters.console.platform import ConsolePlatform
from bot.i18n import texts
from storage import schema as s
from storage.engines import open_engines
from tests.story import Story, tell

if TYPE_CHECKING:
    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address

TICKED = "✓ Veille du jour · Léa"
DONE = texts("fr").text("button.done")


class Hanging(ConsolePlatform):
    """A platform that never answers: whoever calls it is cut off while waiting."""

    carries_out = False
    called: asyncio.Event
    healthy = False

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        if self.healthy:
            return await super().post(to, message, key=key)
        if self.carries_out:
            await super().post(to, message, key=key)
        self.called.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody wakes up from that")


@pytest.fixture
def chat() -> Hanging:
    made = Hanging(lambda _shown, _event: None)
    made.called = asyncio.Event()
    return made


async def _killed_while_posting(address: str, chat: Hanging) -> None:
    async with tell(address, chat=chat) as first:
        working = asyncio.ensure_future(first.until("09:00"))
        async with asyncio.timeout(10):
            await chat.called.wait()
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
    chat.healthy = True
    engines = open_engines(address)
    with engines.write.begin() as connection:  # two minutes later: the dead process's leases have run out
        connection.execute(sa.update(s.deliveries).where(s.deliveries.c.state == "sending").values(lease_until=0))
    engines.dispose()


async def _next(story: Story) -> list[str]:
    await story.until("09:05")
    return story.channel


async def test_a_card_that_was_planned_and_not_sent_is_sent_by_the_next_process(address: str, chat: Hanging) -> None:
    await _killed_while_posting(address, chat)
    async with tell(address, start="2026-11-23T09:01", chat=chat) as second:
        (card,) = await _next(second)
    assert "Veille du jour" in card


async def test_a_card_that_was_sent_and_not_confirmed_is_not_sent_again(address: str, chat: Hanging) -> None:
    chat.carries_out = True
    await _killed_while_posting(address, chat)
    async with tell(address, start="2026-11-23T09:01", chat=chat) as second:
        assert len(await _next(second)) == 1
        await second.says("Léa", "fait veille")
        assert TICKED in second.channel[0]


async def test_a_card_of_the_last_process_is_ticked_by_a_reaction(address: str) -> None:
    async with tell(address) as first:
        await first.until("09:00")
        card, chat = first.last, first.platform
        for line in ("fait veille", "rouvrir veille"):
            await first.says("Léa", line)
    async with tell(address, start="2026-11-23T09:10", chat=chat) as second:
        before = len(await second.record())
        await second.reacts("Karim", card)
        assert len(await second.record()) <= before + 1
        await second.says("Léa", "fait veille")
        assert TICKED in second.channel[-1]
        assert len(second.channel) == 1


async def test_a_button_of_the_last_process_still_works(address: str) -> None:
    async with tell(address) as first:
        await first.until("09:00")
        await first.says("Léa", "jour")
        number, chat = first.last, first.platform
    async with tell(address, start="2026-11-23T09:10", chat=chat) as second:
        await second.clicks("Léa", number, DONE)
        assert [one.act for one in await second.record()][-1] == "done"


async def test_an_event_delivered_again_after_a_restart_is_still_the_same_event(address: str) -> None:
    async with tell(address) as first:
        said = await first.says("Léa", "fait veille", key="event-1")
    async with tell(address, start="2026-11-23T09:10") as second:
        assert await second.says("Léa", "fait veille", key="event-1") == said
        assert [one.act for one in await second.record()].count("done") == 1


async def test_days_asleep_are_not_posted_one_by_one(address: str) -> None:
    """Nothing ran from Monday evening to Thursday 9:30: the channel gets today's card, not the week's."""
    async with tell(address) as first:
        await first.until("18:00")
        chat = first.platform
    async with tell(address, start="2026-11-26T09:30", chat=chat) as second:
        shown = await second.until("09:35")
        posts = [event for event in shown if event.kind == "post" and event.place.startswith("#")]
        assert len(posts) <= 2
        assert sum("jeudi 26 novembre" in event.text.casefold() for event in posts) == 1
        assert not [event for event in posts if "mardi 24" in event.text.casefold()]
