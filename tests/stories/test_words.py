"""What is typed amiss is never passed over: the answer says, in the asker's language, what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("jour férié", "Je n’ai pas compris « férié ». Essaie « jour » ou « jour équipe »."),
        ("semaine chargée", "Je n’ai pas compris « chargée ». Essaie « semaine » ou « semaine équipe »."),
        ("month of may", "Je n’ai pas compris « of may ». Essaie « mois » ou « mois équipe »."),
    ],
)
async def test_words_that_a_list_does_not_take_are_not_passed_over(story: Story, line: str, said: str) -> None:
    assert said in await story.says("Léa", line)


@pytest.mark.parametrize("line", ["jour", "jour ?", "jour stp", "jour moi", "my day please"])
async def test_polite_words_after_a_list_are_forgiven(story: Story, line: str) -> None:
    assert "Ta journée, Léa" in await story.says("Léa", line)


@pytest.mark.parametrize(
    ("typed", "meant"), [("fiat", "fait"), ("raporter", "décaler"), ("prnds", "prendre"), ("aied", "aide")]
)
async def test_a_slip_is_answered_with_a_name_that_is_shown(story: Story, typed: str, meant: str) -> None:
    assert f"Tu voulais dire {meant} ?" in await story.says("Léa", typed)


@pytest.mark.parametrize("typed", ["crise", "idée", "valider", "exporter", "focus", "stats"])
async def test_a_word_of_its_own_is_no_slip_and_leads_to_the_help(story: Story, typed: str) -> None:
    said = await story.says("Léa", typed)

    assert f"Je ne connais pas « {typed} ». « aide » montre tout ce que je comprends." in said
    assert "[1 jour] [2 aide]" in said


async def test_help_names_everything_in_a_few_lines_and_a_button_tells_more(story: Story) -> None:
    said = await story.says("Karim", "aide")
    assert len(said.splitlines()) < 12
    assert "L’équipe : checklist, aide" in said

    assert "décaler : reparle d’une chose plus tard" in await story.clicks("Karim", story.last, "La journée")


@pytest.mark.parametrize("line", ["aide l’équipe", "aide L'équipe", "help the team"])
async def test_a_section_of_the_help_can_be_typed(story: Story, line: str) -> None:
    assert "historique : qui a fait quoi, et quand" in await story.says("Léa", line)


async def test_a_task_s_name_alone_offers_to_tick_it(story: Story) -> None:
    said = await story.says("Léa", "veille")

    assert "« veille » est une tâche. Tu voulais dire fait veille ?" in said
    assert "[1 fait veille]" in said


async def test_a_private_reminder_s_name_is_no_word_to_anybody_else(story: Story) -> None:
    await story.says("Tom", "rappel 9h médecin")

    assert "est une tâche" in await story.says("Tom", "médecin")
    assert "Je ne connais pas" in await story.says("Karim", "médecin")


async def test_a_week_in_which_nothing_is_done_says_none(story: Story) -> None:
    assert "Équipe : 0 sur" in await story.says("Léa", "semaine")


async def test_help_writes_apostrophes_as_french_does(story: Story) -> None:
    said = await story.says("Léa", "aide fait")

    assert "j’ai fait" in said
    assert "'" not in said
