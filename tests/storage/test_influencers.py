"""The roster of influencers is kept by team."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.influencers.influencer import Influencer

if TYPE_CHECKING:
    from bot.ports import Tx
    from tests.story import Story


def _somebody(team: str, number: int = 1) -> Influencer:
    return Influencer(team, f"I{number}", f"@nom{number}", "instagram", "artisanat", 30)


async def test_what_is_added_is_read_back(story: Story) -> None:
    one = _somebody(story.place.team)
    await story.app.store.write(lambda tx: tx.influencers.add(one))

    assert await story.app.store.read(lambda tx: tx.influencers.get(story.place.team, "I1")) == one


async def test_somebody_without_a_network_is_read_back(story: Story) -> None:
    one = replace(_somebody(story.place.team), network=None, topic="")
    await story.app.store.write(lambda tx: tx.influencers.add(one))

    assert await story.app.store.read(lambda tx: tx.influencers.get(story.place.team, "I1")) == one


async def test_saving_replaces_the_row(story: Story) -> None:
    def work(tx: Tx) -> Influencer | None:
        tx.influencers.add(_somebody(story.place.team))
        tx.influencers.save(replace(_somebody(story.place.team), active=False, ideal_days=45))
        return tx.influencers.get(story.place.team, "I1")

    found = await story.app.store.write(work)

    assert found is not None
    assert (found.active, found.ideal_days) == (False, 45)


async def test_another_team_neither_reads_nor_changes_them(story: Story) -> None:
    def work(tx: Tx) -> tuple[object, ...]:
        tx.influencers.add(_somebody(story.place.team))
        other = replace(_somebody("another"), active=False)
        return tx.influencers.get("another", "I1"), list(tx.influencers.all("another")), tx.influencers.save(other)

    assert await story.app.store.write(work) == (None, [], False)


async def test_they_come_by_name(story: Story) -> None:
    def work(tx: Tx) -> list[str]:
        for number in (3, 1, 2):
            tx.influencers.add(_somebody(story.place.team, number))
        return [one.id for one in tx.influencers.all(story.place.team) if one.id.startswith("I")]

    assert (await story.app.store.write(work))[:3] == ["I1", "I2", "I3"]
