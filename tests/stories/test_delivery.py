"""Whatever a platform does with our calls and people's events, a thing is said once and done once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.console.platform import ConsolePlatform
from bot.errors import OutcomeUnknownError, TransportError
from bot.i18n import texts
from tests.story import Story, tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address, Tx
    from bot.tasks.checklist import Item

TICKED = "✓ Veille du jour · Léa"
DONE = texts("fr").text("button.done")


async def _done(story: Story) -> list[tuple[str, str]]:
    """(act, source) of every line of the record about an item."""
    return [(one.act, one.source) for one in await story.record() if one.subject == "item" and one.source != "engine"]


async def test_the_same_click_delivered_twice_is_one_click(story: Story) -> None:
    await story.says("Léa", "jour")
    number = story.last
    first = await story.clicks("Léa", number, DONE, key="click-1")
    again = await story.clicks("Léa", number, DONE, key="click-1")
    assert first == again
    assert await _done(story) == [("done", "button")]


async def test_clicking_twice_says_that_it_is_done(story: Story) -> None:
    await story.says("Léa", "jour")
    number = story.last
    await story.clicks("Léa", number, DONE)
    assert await story.clicks("Léa", number, DONE)
    assert await _done(story) == [("done", "button")]


async def test_the_same_reaction_delivered_twice_is_one_reaction(story: Story) -> None:
    await story.until("09:00")
    card = story.last
    await story.reacts("Léa", card, key="reaction-1")
    before = await _done(story)
    await story.reacts("Léa", card, key="reaction-1")
    await story.reacts("Léa", card, key="reaction-1-in-other-words")
    assert await _done(story) == before


@pytest.mark.parametrize("way", ["command", "button"])
async def test_every_way_to_tick_ticks_the_card_in_place(story: Story, way: str) -> None:
    await story.until("09:00")
    cards = len(story.channel)
    if way == "command":
        await story.says("Léa", "fait veille")
    else:
        await story.says("Léa", "jour")
        await story.clicks("Léa", story.last, DONE)
    assert TICKED in story.channel[-1]
    assert len(story.channel) == cards
    assert await _done(story) == [("done", way)]


async def _only_the_veille_is_left_to_lea(story: Story) -> int:
    """Everything else of hers is done, so that her ✅ on the morning card can only mean one thing."""
    await story.until("09:00")
    card = story.last

    def shown(tx: Tx) -> list[Item]:
        posting = tx.postings.at(story.place.team, _ref(story, card))
        assert posting is not None
        return list(tx.items.many(story.place.team, [one for _, one in tx.postings.items(posting.team, posting.id)]))

    record = await story.app.store.read(shown)
    lea = next(item.holder for item in record if item.task.key == "veille")
    for item in record:
        if item.holder == lea and item.task.key != "veille" and item.is_open:
            await story.says("Léa", f"fait {item.task.title.fr}")
    return card


def _ref(story: Story, number: int) -> Ref:
    shown = story.platform.numbered(number)
    assert shown is not None
    assert shown.ref is not None
    return shown.ref


async def test_a_reaction_ticks_and_its_removal_unticks(story: Story) -> None:
    card = await _only_the_veille_is_left_to_lea(story)
    await story.reacts("Léa", card)
    assert TICKED in story.channel[-1]
    await story.reacts("Léa", card, added=False)
    assert TICKED not in story.channel[-1]
    assert (await _done(story))[-2:] == [("done", "reaction"), ("reopen", "reaction")]


async def test_only_the_one_whose_reaction_did_it_unticks_it(story: Story) -> None:
    card = await _only_the_veille_is_left_to_lea(story)
    await story.reacts("Léa", card)
    await story.reacts("Karim", card)
    await story.reacts("Karim", card, added=False)
    assert TICKED in story.channel[-1]


async def test_taking_a_reaction_off_leaves_what_a_command_did(story: Story) -> None:
    await story.until("09:00")
    card = story.last
    await story.says("Léa", "fait veille")
    await story.reacts("Léa", card)
    await story.reacts("Léa", card, added=False)
    assert TICKED in story.channel[-1]


# The way out


class Moody(ConsolePlatform):
    """A platform whose first post to the channel fails, before or after it was carried out."""

    fails: Callable[[], Exception] | None = None
    after: bool = False
    posted: int = 0

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        if to.channel is None:
            return await super().post(to, message, key=key)
        self.posted += 1
        fails, self.fails = self.fails, None
        if fails and not self.after:
            raise fails()
        ref = await super().post(to, message, key=key)
        if fails:
            raise fails()
        return ref


@pytest.fixture
async def moody(seeded_address: str) -> AsyncIterator[Story]:
    async with tell(seeded_address, chat=Moody(lambda _shown, _event: None)) as told:
        yield told


def _moody(story: Story) -> Moody:
    assert isinstance(story.platform, Moody)
    return story.platform


async def test_a_post_that_failed_for_a_moment_is_made_later(moody: Story) -> None:
    _moody(moody).fails = lambda: TransportError("transport.message_gone", permanent=False, retry_after=30)
    await moody.until("09:00")
    assert moody.channel == []
    await moody.until("09:01")
    assert len(moody.channel) == 1


async def test_a_post_that_nobody_knows_about_is_looked_up_and_not_made_twice(moody: Story) -> None:
    """It was carried out, and the answer got lost."""
    _moody(moody).fails, _moody(moody).after = lambda: OutcomeUnknownError("transport.message_gone"), True
    await moody.until("09:05")
    assert len(moody.channel) == 1
    assert _moody(moody).posted == 1
    await moody.says("Léa", "fait veille")
    assert TICKED in moody.channel[-1]


async def test_what_changed_while_nobody_knew_about_a_post_is_shown_once_it_is_found(moody: Story) -> None:
    _moody(moody).fails, _moody(moody).after = lambda: OutcomeUnknownError("transport.message_gone"), True
    await moody.until("09:00")
    await moody.says("Léa", "fait veille")
    await moody.until("09:05")
    assert _moody(moody).posted == 1
    assert TICKED in moody.channel[-1]


async def test_a_post_that_fails_for_good_is_not_tried_again(moody: Story) -> None:
    _moody(moody).fails = lambda: TransportError("transport.message_gone", permanent=True)
    await moody.until("09:30")
    assert (moody.channel, _moody(moody).posted) == ([], 1)


async def test_what_changes_before_the_card_is_out_is_in_it_from_the_start(moody: Story) -> None:
    _moody(moody).fails = lambda: TransportError("transport.message_gone", permanent=False, retry_after=60)
    await moody.until("09:00")
    await moody.says("Léa", "fait veille")
    shown = await moody.until("09:05")
    assert [event.kind for event in shown if event.place.startswith("#")] == ["post"]
    assert TICKED in moody.channel[-1]
