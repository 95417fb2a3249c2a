"""A reminder that somebody asked for is between them and Vigie: nobody else reads of it anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.cli._demo_team import WORKSPACE
from bot.grammar.suggestions import look, suggest
from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.story import Story

LISTS = (
    "tâche lister",
    "historique",
    "jour équipe",
    "semaine équipe",
    "mois équipe",
    "tâche supprimer",
    "checklist voir médecin",
)


@pytest.fixture
async def told(seeded_address: str) -> AsyncIterator[Story]:
    async with tell(seeded_address) as story:
        await story.says("Tom", "rappel demain 9h médecin")
        yield story


@pytest.mark.parametrize("line", LISTS)
async def test_a_colleague_reads_nothing_of_it(told: Story, line: str) -> None:
    assert "Médecin" not in await told.says("Karim", line)


@pytest.mark.parametrize("line", ["tâche lister", "historique", "semaine"])
async def test_its_own_person_does(told: Story, line: str) -> None:
    assert "Médecin" in await told.says("Tom", line)


async def test_who_asked_for_it_reads_so_in_the_record(told: Story) -> None:
    await told.says("Karim", "rappel Inès demain 10h cadeau de Léa")

    assert "Cadeau de Léa" in await told.says("Karim", "historique")
    assert "Cadeau de Léa" not in await told.says("Tom", "historique")


async def test_a_colleague_cannot_remove_it_by_its_name(told: Story) -> None:
    assert "n’a pas de tâche « médecin »" in await told.says("Karim", "tâche supprimer médecin")


@pytest.mark.parametrize(("name", "found"), [("karim", []), ("tom", ["Médecin"])])
async def test_it_is_suggested_to_its_own_person_only(told: Story, name: str, found: list[str]) -> None:
    story = told
    scene = await story.app.store.read(lambda tx: look(tx, "console", WORKSPACE, name, story.app.registry))

    assert scene is not None
    assert [one.label for one in suggest(scene, "own", "médecin", story.clock.now())] == found


async def test_it_is_none_of_the_team_s_tasks(told: Story) -> None:
    assert "C’est noté : Médecin" in await told.says("Tom", "tâche ajouter Médecin chaque lundi à 9h")

    said = await told.says("Tom", "tâche lister")
    assert said.startswith("1 tâche de l’équipe\nMédecin · tous les lundis")
    assert "Ton rappel\nMédecin · mardi 24 novembre à 9 h" in said
