"""The process ends at the worst moments, and another one goes on: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from typing import TYPE_CHECKING

import sqlalchemy as sa

from adapters.console.platform import ConsolePlatform
from bot.i18n import texts
from storage import schema as s
from storage.engines import open_engines
from tests.story import Story, tell

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address

TICKED = "✓ Veille du jour · Léa"
PATIENCE = 60.0
DONE = texts("fr").text("button.done")


class Hanging(ConsolePlatform):
    """A platform that never answers: it hands the post over to the test, which kills whoever waits for an answer."""

    asked: Connection

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        self.asked.send((to, message, key))
        await asyncio.Event().wait()
        raise AssertionError("nobody wakes up from that")


def _run_until_killed(address: str, asked: Connection) -> None:
    """Be the process that plans the card of nine o'clock and calls the platform."""

    async def run() -> None:
        chat = Hanging(lambda _shown, _event: None)
        chat.asked = asked
        async with tell(address, chat=chat) as story:
            await story.until("09:00")

    asyncio.run(run())


def _kill_while_posting(address: str) -> tuple[Address, Message, str]:
    """Kill a process in the middle of its post, and let its lease run out; returns what it was posting."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run_until_killed, args=(address, sender))
    process.start()
    assert receiver.poll(PATIENCE), "it never posted"
    to, message, key = receiver.recv()
    process.kill()
    process.join()
    for end in (receiver, sender):
        end.close()
    assert process.exitcode == -signal.SIGKILL
    assert _end_leases(address) == 1, "it died with the card in hand"
    return to, message, key


def _end_leases(address: str) -> int:
    """Two minutes go by on the clock of the database; returns how many deliveries the dead process held."""
    engines = open_engines(address)
    with engines.write.begin() as connection:
        held = s.deliveries.c.state == "sending"
        ended = connection.execute(sa.update(s.deliveries).where(held).values(lease_until=0)).rowcount
    engines.dispose()
    return ended


async def _next(story: Story) -> list[str]:
    await story.until("09:05")
    return story.channel


async def test_a_card_that_was_planned_and_not_sent_is_sent_by_the_next_process(seeded_address: str) -> None:
    _kill_while_posting(seeded_address)
    async with tell(seeded_address, start="2026-11-23T09:01") as second:
        (card,) = await _next(second)
    assert "Veille du jour" in card


async def test_a_card_that_was_sent_and_not_confirmed_is_not_sent_again(seeded_address: str) -> None:
    to, message, key = _kill_while_posting(seeded_address)
    chat = ConsolePlatform(lambda _shown, _event: None)
    await chat.post(to, message, key=key)
    async with tell(seeded_address, start="2026-11-23T09:01", chat=chat) as second:
        assert len(await _next(second)) == 1
        await second.says("Léa", "fait veille")
        assert TICKED in second.channel[0]


async def test_a_card_of_the_last_process_is_ticked_by_a_reaction(seeded_address: str) -> None:
    async with tell(seeded_address) as first:
        await first.until("09:00")
        card, chat = first.last, first.platform
        for line in ("fait veille", "rouvrir veille"):
            await first.says("Léa", line)
    async with tell(seeded_address, start="2026-11-23T09:10", chat=chat) as second:
        before = len(await second.record())
        await second.reacts("Karim", card)
        assert len(await second.record()) <= before + 1
        await second.says("Léa", "fait veille")
        assert TICKED in second.channel[-1]
        assert len(second.channel) == 1


async def test_a_button_of_the_last_process_still_works(seeded_address: str) -> None:
    async with tell(seeded_address) as first:
        await first.until("09:00")
        await first.says("Léa", "jour")
        number, chat = first.last, first.platform
    async with tell(seeded_address, start="2026-11-23T09:10", chat=chat) as second:
        await second.clicks("Léa", number, DONE)
        assert [one.act for one in await second.record()][-1] == "done"


async def test_an_event_delivered_again_after_a_restart_is_still_the_same_event(seeded_address: str) -> None:
    async with tell(seeded_address) as first:
        said = await first.says("Léa", "fait veille", key="event-1")
    async with tell(seeded_address, start="2026-11-23T09:10") as second:
        assert await second.says("Léa", "fait veille", key="event-1") == said
        assert [one.act for one in await second.record()].count("done") == 1


async def test_days_asleep_are_not_posted_one_by_one(seeded_address: str) -> None:
    """Nothing ran from Monday evening to Thursday 9:30: the channel gets today's card, not the week's."""
    async with tell(seeded_address) as first:
        await first.until("18:00")
        chat = first.platform
    async with tell(seeded_address, start="2026-11-26T09:30", chat=chat) as second:
        shown = await second.until("09:35")
        posts = [event for event in shown if event.kind == "post" and event.place.startswith("#")]
        assert len(posts) <= 2
        assert sum("jeudi 26 novembre" in event.text.casefold() for event in posts) == 1
        assert not [event for event in posts if "mardi 24 novembre" in event.text.casefold().splitlines()]
