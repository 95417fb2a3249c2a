"""One act, three triggers: whatever ticks a task, the same happens, and it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


async def test_a_command_ticks_and_the_morning_card_shows_it(story: Story) -> None:
    assert "Veille du jour · Léa, 8 h 55" in await story.says("Léa", "fait veille")

    await story.until("09:00")

    assert "✓ Veille du jour · Léa, 8 h 55" in story.channel[-1]


@pytest.mark.parametrize(
    "line", ["fait veille et calendrier", "done watch and calendar", "fait la veille, le calendrier et réponses"]
)
async def test_two_tasks_named_are_both_done(story: Story, line: str) -> None:
    said = await story.says("Léa", line)

    assert "C’est noté : Veille du jour" in said
    assert "C’est noté : Calendrier éditorial" in said


async def test_of_two_tasks_named_an_unknown_one_is_said_and_none_is_done(story: Story) -> None:
    assert "Je ne trouve pas « truc » aujourd’hui" in await story.says("Léa", "fait veille et truc")
    assert "Encore à faire aujourd’hui : Veille du jour" in await story.says("Léa", "qui moi")


async def test_a_title_with_and_in_it_is_one_task(story: Story) -> None:
    await story.says("Léa", "todo Veille et calendrier à 14h")

    assert "Veille du jour" not in await story.says("Léa", "fait veille et calendrier")


async def test_everything_is_what_is_mine_and_nobody_elses(story: Story) -> None:
    await story.says("Léa", "todo Acheter du ruban à 14h")

    said = await story.says("Léa", "fait tout")

    assert "C’est noté : Veille du jour" in said
    assert "C’est noté : Acheter du ruban" in said
    assert "Calendrier" not in said


async def test_both_are_two_and_more_or_less_is_asked(story: Story) -> None:
    await story.says("Léa", "todo Acheter du ruban à 14h")
    await story.says("Léa", "tâche ajouter Trier les photos à 15h")

    assert "Laquelle ?" in await story.says("Léa", "fait les deux")
    await story.says("Léa", "fait trier")
    assert "C’est noté : Acheter du ruban" in await story.says("Léa", "fait les deux")


async def test_everything_of_nothing_is_said_so(story: Story) -> None:
    await story.says("Léa", "fait tout")

    assert "Plus rien d’ouvert pour toi" in await story.says("Léa", "done all")
