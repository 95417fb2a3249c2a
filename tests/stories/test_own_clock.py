"""A member whose clock is not the team's: what is for them is on theirs, what is the team's is on the team's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Tx
    from tests.story import Story


async def _lives_in(story: Story, name: str, zone: str) -> None:
    def move(tx: Tx) -> None:
        member = next(one for one in tx.members.all(tx.teams.ids()[0]) if one.name == name)
        tx.members.save(replace(member, zone=zone))

    await story.app.store.write(move)


async def test_a_reminder_is_read_on_the_askers_own_clock(story: Story) -> None:
    await _lives_in(story, "Karim", "America/Toronto")

    said = await story.says("Karim", "rappelle-moi demain 9h de relancer l’imprimeur")

    assert "mardi 24 novembre à 9 h (Toronto)" in said
    await story.until("2026-11-24T14:59")
    assert not [one for one in story.private("Karim") if "imprimeur" in one]
    await story.until("2026-11-24T15:00")
    assert [one for one in story.private("Karim") if "imprimeur" in one]


async def test_a_reminder_for_somebody_elsewhere_says_on_whose_clock(story: Story) -> None:
    await _lives_in(story, "Karim", "America/Toronto")

    said = await story.says("Léa", "rappelle à Karim demain 15h de relancer l’imprimeur")

    assert "mardi 24 novembre à 15 h (Paris)" in said
    await story.until("2026-11-24T15:00")
    assert [one for one in story.private("Karim") if "imprimeur" in one]


async def test_a_reminder_late_in_the_evening_may_be_the_teams_next_day(story: Story) -> None:
    await _lives_in(story, "Karim", "America/Toronto")

    said = await story.says("Karim", "rappelle-moi demain 20h de relancer l’imprimeur")

    assert "mardi 24 novembre à 20 h (Toronto)" in said
    await story.until("2026-11-25T01:59")
    assert not [one for one in story.private("Karim") if "imprimeur" in one]
    await story.until("2026-11-25T02:00")
    assert [one for one in story.private("Karim") if "imprimeur" in one]


async def test_a_task_of_the_team_is_on_the_teams_clock_and_says_so(story: Story) -> None:
    await _lives_in(story, "Karim", "America/Toronto")
    assert "à 9 h (Paris)" in await story.says("Karim", "tâche ajouter Relire demain 9h")
    assert "(Paris)" in await story.says("Karim", "tâche ajouter Relire la une chaque vendredi 9h")


async def test_a_zone_with_the_same_clock_is_not_spoken_of(story: Story) -> None:
    await _lives_in(story, "Karim", "Europe/Brussels")
    assert "(" not in await story.says("Karim", "rappelle-moi demain 9h de relancer l’imprimeur")
    assert "(" not in await story.says("Léa", "rappelle à Karim demain 9h de relire")
    assert "(" not in await story.says("Karim", "tâche ajouter Relire demain 9h")
