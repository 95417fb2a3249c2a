"""The tasks of the trade: listed by cadence, shown, turned on and off, started for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


async def keys(story: Story) -> set[str]:
    found = await story.app.store.read(lambda tx: list(tx.schedules.all(story.place.team)))
    return {one.nudge for one in found}


async def test_the_list_goes_by_cadence_twelve_lines_at_a_time(story: Story) -> None:
    said = await story.says("Tom", "checklist")

    assert "Arrivée\n○ Rencontre des collègues" in said
    assert "… et " in said
    assert "Premiers mois" in said
    assert "Veille du jour" in await story.says("Tom", "checklist lister chaque jour")


async def test_every_task_of_the_catalogue_is_on_some_page(story: Story) -> None:
    pages = [await story.says("Tom", f"checklist lister {number}") for number in range(1, 6)]

    titles = [one.title.fr.replace("\u00a0", " ") for one in story.app.catalogue(story.place.team).tasks.values()]
    assert [one for one in titles if not any(one in page for page in pages)] == []


async def test_an_unknown_cadence_is_refused_with_the_known_ones(story: Story) -> None:
    assert "arrivée, premiers mois" in await story.says("Tom", "checklist lister chaque siècle")


async def test_one_is_shown_with_what_when_and_who(story: Story) -> None:
    said = await story.says("Tom", "checklist voir veille")

    assert "Fais le tour de ce qui se dit" in said
    assert "Quand : tous les jours ouvrés à 9 h" in said
    assert "À finir : avant 12 h" in said
    assert "Qui : Veille (Léa)" in said


async def test_the_words_routine_and_show_do_the_same(story: Story) -> None:
    assert await story.says("Tom", "routine voir veille") == await story.says("Tom", "checklist veille")


async def test_enabling_schedules_it_and_tells_its_holder(story: Story) -> None:
    said = await story.says("Léa", "checklist activer article")

    assert "tous les mardis à 9 h (24 novembre, puis 1er décembre) · " not in said
    assert "Inès" in said
    assert "article" in await keys(story)
    events = await story.until("2026-11-24T09:30")
    assert [one for one in events if one.place == "@ines" and "article" in one.text.lower()]


async def test_disabling_stops_it_and_enabling_brings_it_back(story: Story) -> None:
    await story.says("Léa", "checklist désactiver calendrier")
    assert "calendar" not in await keys(story)
    assert "– Calendrier éditorial" in await story.says("Léa", "checklist lister chaque jour")

    await story.says("Léa", "checklist activer calendrier")
    assert "calendar" in await keys(story)


async def test_a_removed_task_of_the_catalogue_can_be_taken_again(story: Story) -> None:
    await story.says("Léa", "tâche supprimer calendrier")
    await story.clicks("Léa", story.last, "Confirmer")

    assert "C’est activé" in await story.says("Léa", "checklist activer calendrier")
    assert "calendar" in await keys(story)


async def test_a_task_that_does_not_recur_is_started_not_enabled(story: Story) -> None:
    assert "checklist lancer" in await story.says("Léa", "checklist activer Portrait du public")


async def test_an_arrival_task_is_started_for_a_person(story: Story) -> None:
    assert "Portrait du public visé · Karim" in await story.says("Léa", "checklist lancer audience pour Karim")

    assert "Portrait du public visé" in await story.says("Karim", "jour")
    assert "Portrait du public visé" not in await story.says("Léa", "jour")


async def test_two_people_may_have_it_in_the_same_minute_but_not_one_twice(story: Story) -> None:
    await story.says("Léa", "checklist lancer audience pour Karim")
    await story.says("Léa", "checklist lancer audience pour Tom")

    assert "Portrait du public visé" in await story.says("Tom", "jour")
    assert "déjà ouverte" in await story.says("Léa", "checklist lancer audience pour Tom")


async def test_a_foundation_is_started_for_whoever_holds_its_role(story: Story) -> None:
    assert "Plan de veille · Léa" in await story.says("Léa", "checklist lancer plan de veille")
    assert "listening-plan" not in await keys(story)


async def test_starting_one_that_recurs_opens_it_once_without_enabling_it(story: Story) -> None:
    await story.says("Léa", "checklist lancer article")

    assert "Article de blog" in await story.says("Inès", "jour")
    assert "article" not in await keys(story)


async def test_each_change_is_one_line_of_the_record(story: Story) -> None:
    before = len(await story.record())

    await story.says("Léa", "checklist activer article")
    await story.says("Léa", "checklist désactiver article")

    assert [f"{one.subject}.{one.act}" for one in (await story.record())[before:]] == ["template.add", "template.pause"]


@pytest.mark.parametrize("line", ["checklist activer article", "checklist désactiver veille"])
async def test_only_the_lead_turns_them_on_and_off(story: Story, line: str) -> None:
    assert "Seule la personne responsable (Léa)" in await story.says("Tom", line)


async def test_near_names_are_asked_with_a_button_each(story: Story) -> None:
    said = await story.says("Tom", "checklist voir liste")

    assert "tâches se ressemblent" in said
    label = said.split("[1 ")[1].split("]")[0]
    assert (await story.clicks("Tom", story.last, label)).startswith(label)


async def test_an_unknown_name_is_said(story: Story) -> None:
    assert "Je ne trouve pas « zzz »" in await story.says("Tom", "checklist voir zzz")
