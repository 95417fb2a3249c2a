"""Two teams on one database: what one of them holds, clicks or reacts to means nothing to the other."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from bot.catalogue.loader import load
from bot.cli import _demo_team as demo
from bot.registry import load as load_registry
from bot.request import Clicked, Reacted, Request, Submitted, Typed
from tests.contracts.world import dump
from tests.story import easy

if TYPE_CHECKING:
    from bot.engine.posting import Ref
    from bot.message import Reply
    from bot.ports import Tx
    from bot.request import What
    from tests.story import Story

ACTS = sorted(load_registry().acts)
PRESSES = sorted(load_registry().presses)


class Strangers:
    """Another demo team, on another platform, whose people have the same names and accounts."""

    def __init__(self, story: Story, team: str) -> None:
        self.story = story
        self.team = team
        self._keys = count(1)

    async def do(self, what: What) -> Reply:
        """Léa of the other team, who may do anything there."""
        key = f"stranger-{next(self._keys)}"
        return await self.story.app.pipeline.receive(
            Request(key, "elsewhere", demo.WORKSPACE, "lea", what, self.story.place.channel, "Léa")
        )

    async def ours(self) -> object:
        """Every row of the story's own team."""
        return await self.story.app.store.read(lambda tx: dump(tx, self.story.place.team))


@pytest.fixture
async def strangers(story: Story) -> Strangers:
    place = await story.app.store.write(lambda tx: demo.seed(tx, story.app.registry, load(), "fr", "elsewhere"))
    await story.until("09:00")
    return Strangers(story, place.team)


def _card(story: Story) -> Ref:
    number = next(event.number for event in reversed(story.events) if event.place.startswith("#"))
    shown = story.platform.numbered(number)
    assert shown is not None
    assert shown.ref is not None
    return shown.ref


async def _veille(story: Story) -> str:
    def find(tx: Tx) -> str:
        posting = tx.postings.at(story.place.team, _card(story))
        assert posting is not None
        shown = [one for _, one in tx.postings.items(story.place.team, posting.id)]
        items = tx.items.many(story.place.team, shown)
        return next(str(item.id) for item in items if item.task.key == "veille")

    return await story.app.store.read(find)


@pytest.mark.parametrize("act", ACTS)
async def test_an_act_on_another_teams_item_does_nothing(story: Story, strangers: Strangers, act: str) -> None:
    item, before = await _veille(story), await strangers.ours()
    for ref in (None, _card(story)):
        reply = await strangers.do(Clicked(act, item, ref))
        assert not reply.fault
        assert reply.message is not None
        assert "Veille" not in easy(reply.message)
    assert await strangers.ours() == before


@pytest.mark.parametrize("press", PRESSES)
async def test_a_button_with_another_teams_ids_does_nothing_there(
    story: Story, strangers: Strangers, press: str
) -> None:
    item, before = await _veille(story), await strangers.ours()
    for what in (
        Clicked(press, item, _card(story)),
        Clicked(press, f"{item}:{story.place.team}"),
        Submitted(press, {"veille": (item,), "item": (item,)}),
    ):
        assert not (await strangers.do(what)).fault
    assert await strangers.ours() == before


@pytest.mark.parametrize("emoji", ["✅", "👀", "⏰", "🙋"])
async def test_a_reaction_on_another_teams_card_means_nothing(story: Story, strangers: Strangers, emoji: str) -> None:
    before = await strangers.ours()
    for added in (True, False):
        reply = await strangers.do(Reacted(emoji, _card(story), added))
        assert reply.message is None
    assert await strangers.ours() == before


async def test_the_same_words_tick_ones_own(story: Story, strangers: Strangers) -> None:
    before = await strangers.ours()
    await strangers.do(Typed("fait veille"))
    assert await strangers.ours() == before

    def done(tx: Tx) -> list[str]:
        return [one.act for one in tx.audit.latest(strangers.team, limit=10)]

    assert "done" in await story.app.store.read(done)


async def test_the_record_of_one_team_is_not_in_the_others(story: Story, strangers: Strangers) -> None:
    await story.says("Karim", "fait veille")
    reply = await strangers.do(Typed("historique"))
    assert reply.message is not None
    assert "Karim" not in easy(reply.message)


async def test_a_key_of_one_team_is_free_in_the_other(story: Story, strangers: Strangers) -> None:
    await story.says("Léa", "fait veille", key="stranger-1")
    reply = await strangers.do(Typed("fait veille"))
    assert reply.message is not None
    assert "Veille du jour · Léa" in easy(reply.message)
    assert [one.actor for one in await story.record() if one.act == "done"]


async def test_a_form_cannot_name_another_teams_member(story: Story, strangers: Strangers) -> None:
    theirs = await story.app.store.read(lambda tx: [one.id for one in tx.members.all(story.place.team)])
    await strangers.do(Submitted("setup", {"veille": (theirs[0],)}))
    holders = await story.app.store.read(lambda tx: {one.member for one in tx.roles.holdings(strangers.team)})
    assert not holders & set(theirs)
