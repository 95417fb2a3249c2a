"""A database kept from the version before: nudges that a new version brings reach its teams when the engine starts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.cli._compose import compose
from bot.cli._demo_team import WORKSPACE
from bot.platforms.uninstalled import resume, suspend
from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.engine.schedule import Schedule
    from bot.ports import Tx
    from tests.story import Story

RECURS_BY_ITSELF, RECURS_WITH_TASK = "recap", "veille"


async def _schedules(story: Story) -> Mapping[str, Schedule]:
    stored = await story.app.store.read(lambda tx: list(tx.schedules.all(story.place.team)))
    return {schedule.nudge: schedule for schedule in stored}


async def _go_back_to_the_version_before(story: Story) -> Mapping[str, Schedule]:
    """Take away what that version did not have; returns the schedules of this one."""
    schedules = await _schedules(story)

    def remove(tx: Tx) -> None:
        assert tx.schedules.remove(story.place.team, RECURS_BY_ITSELF)
        assert tx.schedules.remove(story.place.team, RECURS_WITH_TASK)

    await story.app.store.write(remove)
    return schedules


async def test_a_kept_database_has_every_nudge_once_the_engine_has_started(story: Story) -> None:
    before = await _go_back_to_the_version_before(story)
    await story.app.engine.prepare()

    after = await _schedules(story)
    assert {name: schedule._replace(id="") for name, schedule in after.items()} == {
        name: schedule._replace(id="") for name, schedule in before.items()
    }
    assert any("Pas cochées aujourd’hui" in event.text for event in await story.until("18:30"))


async def test_each_new_schedule_has_its_line_in_the_record(story: Story) -> None:
    await _go_back_to_the_version_before(story)
    lines = len(await story.record())
    await story.app.engine.prepare()

    new = (await story.record())[lines:]
    assert {(line.subject, line.act, line.after["nudge"]) for line in new} == {
        ("schedule", "add", RECURS_BY_ITSELF),
        ("schedule", "add", RECURS_WITH_TASK),
    }
    assert "Un message de la nouvelle version de Vigie a été programmé" in await story.says("Léa", "historique")


async def test_a_second_start_adds_nothing(story: Story) -> None:
    await _go_back_to_the_version_before(story)
    await story.app.engine.prepare()
    schedules, lines = await _schedules(story), await story.record()
    await story.app.engine.prepare()

    assert (await _schedules(story), await story.record()) == (schedules, lines)


async def test_two_processes_that_start_together_schedule_it_once(story: Story, seeded_address: str) -> None:
    await _go_back_to_the_version_before(story)
    lines = len(await story.record())
    other = compose(seeded_address, story.clock, [story.platform])
    await asyncio.gather(story.app.engine.prepare(), other.engine.prepare())
    await other.store.close()

    assert len((await story.record())[lines:]) == 2


@pytest.mark.parametrize("verb", ["pause", "retirer"])
async def test_a_nudge_that_the_lead_has_switched_off_stays_off(story: Story, verb: str) -> None:
    await story.says("Léa", f"tâche {verb} veille")
    if verb == "retirer":
        await story.clicks("Léa", story.last, "Confirmer")
    assert RECURS_WITH_TASK not in await _schedules(story)
    await story.app.engine.prepare()

    assert RECURS_WITH_TASK not in await _schedules(story)


async def test_a_place_that_we_were_taken_out_of_gets_it_when_we_come_back(story: Story) -> None:
    await _go_back_to_the_version_before(story)
    await story.app.store.write(lambda tx: suspend(tx, "console", WORKSPACE))
    await story.app.engine.prepare()
    assert RECURS_BY_ITSELF not in await _schedules(story)

    await story.app.store.write(lambda tx: resume(tx, "console", WORKSPACE, story.app.registry))
    assert RECURS_BY_ITSELF in await _schedules(story)


async def test_a_team_that_is_not_set_up_gets_nothing(current_address: str) -> None:
    async with tell(current_address) as story:
        await _go_back_to_the_version_before(story)

        def take_back(tx: Tx) -> None:
            team = tx.teams.get(story.place.team)
            assert team is not None
            tx.teams.save(team._replace(ready=False))

        await story.app.store.write(take_back)
        await story.app.engine.prepare()
        assert RECURS_BY_ITSELF not in await _schedules(story)
