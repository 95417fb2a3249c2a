"""« historique » says which thing, from what to what, by whom; Vigie's nightly lines share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


@pytest.mark.parametrize(
    ("name", "line", "told"),
    [
        ("Léa", "rôle planning Karim", "Léa · Planning : Tom → Karim"),
        ("Léa", "réglages horaires 10h-17h", "Léa · Horaires : 9 h–18 h → 10 h–17 h"),
        ("Léa", "réglages fermeture 24 décembre", "Léa · Fermé : 24 décembre"),
        ("Karim", "langue en", "Karim changed language: French → English"),
        ("Léa", "tâche modifier veille à 10h",
         "a modifié la tâche : Veille du jour : tous les jours ouvrés à 9 h → tous les jours ouvrés à 10 h"),
        ("Léa", "tâche ajouter Relire la charte chaque vendredi à 15h", "a ajouté la tâche : Relire la charte"),
        ("Léa", "confier veille à Tom", "Léa a confié à Tom : Veille du jour"),
        ("Léa", "décaler veille 14h", "Léa a reporté : Veille du jour, lundi 23 novembre à 14 h"),
        ("Inès", "influenceur suspendre @studio.mirabelle", "Inès a mis @studio.mirabelle en pause"),
        ("Léa", "rôle observateur Tom", "Léa · droits de Tom : membre → observation"),
    ],
)  # fmt: skip
async def test_an_act_is_told_with_its_thing_and_what_changed(story: Story, name: str, line: str, told: str) -> None:
    await story.says(name, line)

    assert told in await story.says(name, "historique")


async def test_an_act_and_what_followed_from_it_are_one_line(story: Story) -> None:
    await story.says("Léa", "rôle veille Tom")

    assert (await story.says("Léa", "historique")).count("8 h 55 ·") == 2  # the set-up and the role


async def test_what_vigie_closes_in_a_night_is_one_line(story: Story) -> None:
    await story.until("2026-11-24T08:00")

    said = await story.says("Léa", "historique")

    assert said.count("non reporté") == 1


async def test_the_record_has_pages_of_ten_acts(story: Story) -> None:
    for hour in range(10, 17):
        await story.says("Léa", f"réglages horaires {hour}h-18h")
        await story.says("Léa", "annuler")

    said = await story.says("Léa", "historique")
    assert said.count("8 h 55 ·") == 10
    assert "a configuré l’équipe" in await story.clicks("Léa", story.last, "La suite")


async def test_the_record_of_one_task(story: Story) -> None:
    await story.says("Léa", "fait veille")
    await story.says("Karim", "sauter réponses")
    await story.says("Léa", "tâche modifier veille à 10h")

    said = await story.says("Tom", "historique veille")

    assert "a coché : Veille du jour" in said
    assert "a modifié la tâche : Veille du jour" in said
    assert "Karim" not in said


async def test_the_record_of_one_day(story: Story) -> None:
    await story.says("Léa", "fait veille")
    await story.until("2026-11-24T09:30")
    await story.says("Tom", "fait calendrier")

    assert "Tom" not in await story.says("Léa", "historique hier")
    assert "Léa a coché" in await story.says("Léa", "historique lundi")
    assert "Léa a coché" in await story.says("Léa", "historique 23 novembre")
    assert "Léa a coché" not in await story.says("Léa", "historique aujourd’hui")


async def test_a_person_s_record_is_for_themselves_and_the_lead(story: Story) -> None:
    await story.says("Karim", "sauter réponses")
    await story.says("Tom", "fait calendrier")

    for name, line in (("Karim", "historique moi"), ("Léa", "historique Karim")):
        said = await story.says(name, line)
        assert "Karim a passé" in said
        assert "Tom" not in said
    assert "n’est visible que par Karim" in await story.says("Tom", "historique Karim")


async def test_an_unknown_filter_says_what_can_be_asked(story: Story) -> None:
    assert "Essaie « historique veille »" in await story.says("Léa", "historique bidules")
