"""Once a day what is of no more use is forgotten; what somebody may still need is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.engine.engine import KEYS_KEPT
from bot.engine.scheduling import LADDER
from bot.ids import new_id

if TYPE_CHECKING:
    from bot.ports import Tx
    from tests.story import Story

LATER = KEYS_KEPT + timedelta(days=1)


async def test_a_question_that_nobody_answered_goes_a_reason_stays(story: Story) -> None:
    team = story.place.team
    asked, reason = new_id(story.clock.now()), new_id(story.clock.now())

    def put(tx: Tx) -> None:
        tx.notes.put(team, asked, "?\nfait veille\nfait calendrier")
        tx.notes.put(team, reason, "client absent ?")

    await story.app.store.write(put)
    story.clock.advance(LATER)
    await story.app.store.write(story.app.engine._keep_house)

    kept = await story.app.store.read(lambda tx: (tx.notes.get(team, asked), tx.notes.get(team, reason)))
    assert kept == (None, "client absent ?")


async def test_a_question_of_this_week_can_still_be_answered(story: Story) -> None:
    note = new_id(story.clock.now())
    await story.app.store.write(lambda tx: tx.notes.put(story.place.team, note, "?\nfait veille"))
    story.clock.advance(timedelta(days=1))
    await story.app.store.write(story.app.engine._keep_house)

    assert await story.app.store.read(lambda tx: tx.notes.get(story.place.team, note))


async def test_the_rungs_of_ladders_that_are_over_go(story: Story) -> None:
    await story.says("Tom", "alerte commentaire furieux")
    await story.until("17:00")
    assert await _rungs(story)
    story.clock.advance(LATER)
    await story.app.store.write(story.app.engine._keep_house)

    assert await _rungs(story) == []


async def _rungs(story: Story) -> list[str]:
    found = await story.app.store.read(lambda tx: [one.nudge for one in tx.schedules.all(story.place.team)])
    return [nudge for nudge in found if nudge.startswith(LADDER) and not nudge.endswith("statistics")]
