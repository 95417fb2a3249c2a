"""Who holds what: given, backed up, taken back, moved; and what is open follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.cli import _demo_team as demo
from bot.request import Request, Typed

if TYPE_CHECKING:
    from tests.story import Story


async def leads(story: Story) -> list[str]:
    members = await story.app.store.read(lambda tx: list(tx.members.all(story.place.team)))
    return [one.name for one in members if one.permission == "lead"]


async def test_a_role_given_takes_its_open_items_along(story: Story) -> None:
    before = len(await story.record())

    assert "Veille · Tom" in await story.says("Léa", "rôle veille Tom")

    assert "Veille du jour" in await story.says("Tom", "jour")
    assert "Veille du jour" not in await story.says("Léa", "jour")
    assert [f"{one.subject}.{one.act}" for one in (await story.record())[before:]] == ["role.role", "item.assign"]


async def test_the_morning_card_says_the_new_holder(story: Story) -> None:
    await story.says("Léa", "rôle veille Tom")

    await story.until("09:00")

    assert "Veille du jour · Tom" in story.channel[-1]


async def test_what_somebody_took_from_a_role_stays_theirs(story: Story) -> None:
    await story.says("Léa", "fait veille")

    await story.says("Léa", "rôle veille Tom")

    await story.until("09:00")
    assert "✓ Veille du jour · Léa" in story.channel[-1]


async def test_giving_the_same_again_changes_nothing(story: Story) -> None:
    before = len(await story.record())

    assert "Veille · Léa" in await story.says("Léa", "rôle veille Léa")

    assert len(await story.record()) == before


async def test_a_role_taken_back_falls_to_its_fallback(story: Story) -> None:
    await story.says("Léa", "rôle veille retirer Léa")

    assert "personne de nommé, Karim s’en charge" in await story.says("Léa", "rôle veille")
    assert "Veille du jour" in await story.says("Karim", "jour")


async def test_a_backup_is_said_and_does_not_hold(story: Story) -> None:
    assert "Veille · Léa · binôme : Karim" in await story.says("Léa", "rôle veille binôme Karim")
    assert "Veille du jour" in await story.says("Léa", "jour")


async def test_a_role_may_be_held_for_one_account(story: Story) -> None:
    assert "Veille · Léa et Inès (Instagram)" in await story.says("Léa", "rôle veille Inès sur Instagram")
    assert "Veille · Léa" in await story.says("Léa", "rôle veille retirer Inès Instagram")


async def test_an_account_that_the_team_has_not_is_refused(story: Story) -> None:
    assert "n’a pas de compte TikTok" in await story.says("Léa", "rôle veille Inès TikTok")


async def test_several_people_may_hold_a_role(story: Story) -> None:
    assert "Création · Inès et Tom" in await story.says("Léa", "rôle création ajouter Tom")
    assert "Création · Karim et Léa" in await story.says("Léa", "rôle création Karim et Léa")


async def test_taking_one_of_several_back_leaves_the_first_one_first(story: Story) -> None:
    await story.says("Léa", "rôle animation Tom, Karim et Inès")

    assert "Animation de la communauté · Tom et Inès" in await story.says("Léa", "rôle animation retirer Karim")
    assert "Réponses" in await story.says("Tom", "jour")


async def test_observing_is_looking_without_acting(story: Story) -> None:
    await story.says("Léa", "rôle observateur Tom")

    assert "Tu peux regarder, pas cocher" in await story.says("Tom", "fait veille")
    await story.says("Léa", "rôle observateur retirer Tom")
    assert "Veille du jour" in await story.says("Tom", "fait veille")


async def test_the_lead_does_not_become_an_observer(story: Story) -> None:
    assert "Il faut toujours une personne responsable" in await story.says("Léa", "rôle observateur Léa")


async def test_looking_at_a_stranger_makes_nobody_a_member(story: Story) -> None:
    request = Request("k", "console", demo.WORKSPACE, "lea", Typed("qui <@U9>"), "équipe", "Léa", {"U9": "Zoé"})
    reply = await story.app.pipeline.receive(request)

    assert not reply.fault
    assert len(await story.app.store.read(lambda tx: list(tx.members.all(story.place.team)))) == 4


async def test_the_lead_moves_and_there_is_exactly_one(story: Story) -> None:
    await story.says("Léa", "rôle responsable Karim")
    assert await leads(story) == ["Léa"]

    assert "Karim est maintenant responsable" in await story.clicks("Léa", story.last, "Confirmer")

    assert await leads(story) == ["Karim"]
    assert "Seule la personne responsable (Karim)" in await story.says("Léa", "rôle veille Tom")


async def test_the_last_lead_cannot_be_taken_away(story: Story) -> None:
    said = await story.says("Léa", "rôle responsable retirer Léa")

    assert "Il faut toujours une personne responsable" in said
    assert await leads(story) == ["Léa"]


async def test_a_backup_of_the_lead_is_not_the_lead(story: Story) -> None:
    assert "Responsable · Léa · binôme : Karim" in await story.says("Léa", "rôle responsable binôme Karim")
    assert await leads(story) == ["Léa"]


async def test_only_the_lead_changes_roles(story: Story) -> None:
    before = len(await story.record())

    assert "Seule la personne responsable (Léa)" in await story.says("Tom", "rôle veille Tom")

    assert len(await story.record()) == before


async def test_an_unknown_role_and_an_unknown_person_are_said(story: Story) -> None:
    assert "Je ne connais pas le rôle « cuisine »" in await story.says("Léa", "rôle cuisine Tom")
    assert "Je ne connais pas « Zoé »" in await story.says("Léa", "rôle veille Zoé")


async def test_everybody_is_listed_with_what_is_left(story: Story) -> None:
    said = await story.says("Tom", "qui")

    assert "Qui fait quoi, lundi 23 novembre" in said
    assert "Léa · responsable · 1 tâche à faire aujourd’hui" in said
    assert "L’équipe, 4 personnes" in said


async def test_one_person_s_roles_and_open_tasks(story: Story) -> None:
    said = await story.says("Tom", "qui Karim")

    assert "Karim · membre" in said
    assert "Répond de : Animation de la communauté" in said
    assert "Encore à faire aujourd’hui : Réponses aux messages" in said


async def test_who_does_a_role(story: Story) -> None:
    assert "Veille · Léa" in await story.says("Tom", "qui fait la veille ?")
    assert "Watch · Léa" in (await story.says("Tom", "lang en"), await story.says("Tom", "who watch"))[1]


async def test_everybody_who_is_named_loses_the_role(story: Story) -> None:
    await story.says("Léa", "rôle création Inès, Tom et Karim")

    assert "Création · Karim" in await story.says("Léa", "rôle création retirer Inès et Tom")


async def test_observers_who_are_taken_back_together_can_act_again(story: Story) -> None:
    await story.says("Léa", "rôle observateur Tom et Karim")
    await story.says("Léa", "rôle observateur retirer Tom et Karim")

    assert "personne" in await story.says("Léa", "rôle observateur")
    assert "C’est noté" in await story.says("Karim", "fait veille")


async def test_what_somebody_wants_to_remember_in_private_is_no_answer_to_who(story: Story) -> None:
    await story.says("Karim", "rappel 10h appeler le médecin")

    assert "médecin" not in await story.says("Léa", "qui Karim")
    assert "médecin" in await story.says("Karim", "qui moi")


@pytest.mark.parametrize("line", ["qui personne", "who nobody", "qui Zoé ?"])
async def test_who_is_nobody_is_not_oneself(story: Story, line: str) -> None:
    assert "Dans l’équipe : Inès, Karim, Léa et Tom." in await story.says("Léa", line)


async def test_who_with_a_question_mark_is_the_whole_team(story: Story) -> None:
    assert "Qui fait quoi" in await story.says("Léa", "qui ?")
