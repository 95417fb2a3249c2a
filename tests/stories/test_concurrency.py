"""Several people at the same moment, on SQLite and on PostgreSQL, where they really are side by side."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.request import Clicked, Typed
from bot.tasks.checklist import State
from bot.tasks.today import items_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.message import Reply
    from bot.tasks.checklist import Item
    from tests.story import Story

PEOPLE = ("Léa", "Karim", "Inès", "Tom")


async def _items(story: Story) -> list[Item]:
    team = await story.app.store.read(lambda tx: tx.teams.get(story.place.team))
    assert team is not None
    return list(await story.app.store.read(lambda tx: items_of(tx, team, team.today(story.clock.now()))))


async def _veille(story: Story) -> Item:
    return next(item for item in await _items(story) if item.task.key == "veille")


async def _at_once(*replies: Awaitable[Reply]) -> list[Reply]:
    return list(await asyncio.gather(*replies))


async def test_of_two_who_tick_one_thing_at_once_one_has_done_it(story: Story) -> None:
    replies = await _at_once(*(story.reply(name, Typed("fait veille")) for name in ("Léa", "Karim")))
    assert not [reply for reply in replies if reply.fault or reply.message is None]
    (done,) = [one for one in await story.record() if one.act == "done"]
    assert (await _veille(story)).closed_by == done.actor


async def test_everybody_ticking_one_thing_at_once_leaves_one_line(story: Story) -> None:
    await story.until("09:00")
    item = await _veille(story)
    replies = await _at_once(*(story.reply(name, Clicked("done", item.id)) for name in PEOPLE * 3))
    await story.app.engine.settle()
    assert not [reply for reply in replies if reply.fault]
    assert [one.act for one in await story.record()].count("done") == 1
    assert "✓ Veille du jour" in story.channel[-1]


async def test_one_event_delivered_twice_at_once_is_one_event(story: Story) -> None:
    first, second = await _at_once(*(story.reply("Léa", Typed("fait veille"), key="event-1") for _ in range(2)))
    assert first == second
    assert [one.act for one in await story.record()].count("done") == 1


async def test_ticking_and_unticking_at_once_leaves_the_item_as_the_record_says(story: Story) -> None:
    await story.says("Léa", "fait veille")
    item = await _veille(story)
    for _ in range(5):
        acts = [story.reply(name, Clicked(act, item.id)) for name in ("Léa", "Karim") for act in ("done", "reopen")]
        assert not [reply for reply in await _at_once(*acts) if reply.fault]
    last = [one for one in await story.record() if one.subject_id == item.id][-1]
    assert (await _veille(story)).state.value == last.after["state"]


async def test_things_ticked_at_once_are_all_on_the_card(story: Story) -> None:
    """Each act touches the same card: none is lost, none fails, and the card ends current."""
    await story.until("09:00")
    there = [item for item in await _items(story) if item.is_open]
    assert len(there) > 3
    replies = await _at_once(*(story.reply("Léa", Clicked("done", item.id)) for item in there))
    await story.app.engine.settle()
    assert not [reply for reply in replies if reply.fault]
    assert {item.state for item in await _items(story)} == {State.DONE}
    assert "○" not in story.channel[-1]


async def test_a_card_ticked_many_times_is_edited_few_times(story: Story) -> None:
    await story.until("09:00")
    there = [item for item in await _items(story) if item.is_open]
    first = len(story.events)
    await _at_once(*(story.reply("Léa", Clicked("done", item.id)) for item in there))
    await story.app.engine.settle()
    edits = [event for event in story.events[first:] if event.kind == "edit" and event.place.startswith("#")]
    assert len(edits) == 1
