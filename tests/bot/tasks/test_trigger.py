"""What a bare or doubtful line does: my only task, or a question with buttons; and what « annuler » takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("fait veille", "Annulé : Veille du jour est de nouveau à faire"),
        ("sauter veille", "Annulé : Veille du jour est de nouveau à faire"),
        ("décaler veille 1h", "Annulé : Veille du jour n’est plus reporté"),
        ("confier veille à Karim", "Annulé : Veille du jour revient à Léa"),
        ("rappel demain 9h relancer l’imprimeur", "Annulé : plus de rappel « Relancer l’imprimeur »"),
    ],
)
async def test_cancel_undoes_my_last_act_and_says_which(line: str, said: str, story: Story) -> None:
    await story.says("Léa", line)

    assert said in await story.says("Léa", "annuler")


async def test_cancel_again_undoes_the_act_before(story: Story) -> None:
    await story.says("Léa", "décaler veille 1h")
    await story.says("Léa", "fait veille")
    await story.says("Léa", "annuler")

    assert "n’est plus reporté" in await story.says("Léa", "annuler")


async def test_cancel_leaves_what_somebody_changed_since(story: Story) -> None:
    await story.says("Léa", "confier veille à Karim")
    await story.says("Karim", "confier veille à Tom")

    assert "Karim l’a changé depuis" in await story.says("Léa", "annuler")


async def test_an_undo_button_pressed_too_late_says_so(story: Story) -> None:
    await story.says("Léa", "confier veille à Karim")
    given = story.last
    await story.says("Karim", "confier veille à Tom")

    assert "Rien à annuler" in await story.clicks("Léa", given, "Annuler")


async def test_yesterdays_act_is_not_undone(story: Story) -> None:
    await story.says("Léa", "fait veille")
    await story.until("2026-11-24T08:00")

    assert "Rien à annuler" in await story.says("Léa", "annuler")


async def test_reopen_with_a_name_reopens_that_task(story: Story) -> None:
    await story.says("Léa", "fait veille")
    await story.says("Léa", "sauter calendrier")

    assert "Rouverte : Veille du jour" in await story.says("Léa", "rouvrir veille")


async def test_two_watches_of_a_team_are_asked_about(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Veille d’image chaque jour ouvré à 10h")
    await story.says("Léa", "tâche ajouter Veille concurrentielle chaque jour ouvré à 11h")
    await story.says("Léa", "fait veille du jour")

    answer = await story.says("Léa", "fait veile concurentiele")

    assert "Veille concurrentielle" in answer


async def test_a_full_title_is_that_task_whatever_else_is_called_so(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Veille d’image chaque jour ouvré à 10h")

    assert "C’est noté : Veille d’image" in await story.says("Léa", "fait veille d'image")
