"""« annuler » takes back the member's last act of the day, whatever it was: the tables are as they were before it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.tasks.checklist import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.ports import Tx
    from tests.story import Story

ACTS: Mapping[str, Sequence[tuple[str, str]]] = {
    "tick": [("Léa", "fait veille")],
    "tick all": [("Léa", "fait tout")],
    "tick two": [("Léa", "fait veille et calendrier")],
    "skip": [("Karim", "sauter réponses")],
    "snooze": [("Léa", "décaler veille 14h")],
    "assign": [("Léa", "confier veille à Tom")],
    "take": [("Tom", "alerte commentaire furieux"), ("Léa", "prendre commentaire")],
    "alert": [("Léa", "alerte commentaire furieux")],
    "reopen": [("Léa", "fait veille"), ("Léa", "rouvrir veille")],
    "task added": [("Léa", "tâche ajouter Relire la charte chaque vendredi à 15h pour Karim")],
    "task added today": [("Léa", "todo Acheter du ruban à 14h pour Karim")],
    "task's hours": [("Léa", "tâche modifier veille à 10h")],
    "task's rule": [("Léa", "tâche modifier réponses chaque jeudi à 10h")],
    "task's person": [("Léa", "todo Acheter du ruban à 14h"), ("Léa", "tâche modifier ruban pour Tom")],
    "task's title": [("Léa", "todo Acheter du ruban à 14h"), ("Léa", "tâche modifier ruban → Acheter du fil")],
    "task paused": [("Léa", "tâche suspendre veille")],
    "task resumed": [("Léa", "tâche suspendre veille"), ("Léa", "tâche reprendre veille")],
    "reminder": [("Tom", "rappel demain 9h relancer l’imprimeur")],
    "reminder for a colleague": [("Tom", "rappel Karim demain 9h vérifier les chiffres")],
    "reminder edited": [("Tom", "rappel à 15h relancer l’imprimeur"), ("Tom", "tâche modifier relancer à 16h")],
    "checklist enabled": [("Léa", "checklist activer modération")],
    "checklist disabled": [("Léa", "checklist désactiver veille")],
    "checklist started": [("Léa", "checklist lancer modération")],
    "checklist started by name": [("Léa", "checklist lancer audience pour Karim")],
    "role given": [("Léa", "rôle veille Tom")],
    "role shared": [("Léa", "rôle veille ajouter Tom")],
    "role taken back": [("Léa", "rôle veille retirer Léa")],
    "backup": [("Léa", "rôle veille remplaçant Tom")],
    "role of a network": [("Léa", "rôle veille Tom Instagram")],
    "observer": [("Léa", "rôle observateur Tom")],
    "hours": [("Léa", "réglages horaires 10h-17h")],
    "days": [("Léa", "réglages jours lundi-jeudi")],
    "zone": [("Léa", "réglages fuseau Montréal")],
    "country": [("Léa", "réglages pays Belgique")],
    "region": [("Léa", "réglages région Alsace-Moselle")],
    "closure": [("Léa", "réglages fermeture du 24 au 31 décembre")],
    "closure of today": [("Léa", "réglages fermeture 23 novembre")],
    "whit monday": [("Léa", "réglages pentecôte ouvert")],
    "vous": [("Léa", "réglages vous")],
    "team's language": [("Léa", "réglages langue en")],
    "own language": [("Karim", "langue en")],
    "influencer added": [("Inès", "influenceur ajouter @atelier.nord Instagram artisanat")],
    "influencer paused": [("Inès", "influenceur suspendre @studio.mirabelle")],
}


async def snapshot(story: Story) -> dict[str, object]:
    """Return the state that people act on. Out of it: the record, messages, versions, and what was dropped or removed.

    Nothing is ever deleted under a line of the record: an added task that is undone is a removed one.
    """

    def read(tx: Tx) -> dict[str, object]:
        team = story.place.team
        items = tx.items.between(team, tx.now.replace(hour=0), tx.now.replace(year=tx.now.year + 9))
        return {
            "team": tx.teams.get(team),
            "accounts": list(tx.teams.accounts(team)),
            "members": list(tx.members.all(team)),
            "holdings": list(tx.roles.holdings(team)),
            "templates": {one.key: replace(one, version=0) for one in tx.templates.all(team)},
            "items": {one.id: one for one in items if one.state is not State.DROPPED},
            "schedules": {
                one.nudge: (one.rhythm, one.zone, one.nominal_next, one.next_fire_at, one.catch_up)
                for one in tx.schedules.all(team)
                if not one.nudge.startswith("urgent:")
            },
            "influencers": list(tx.influencers.all(team)),
        }

    return await story.app.store.read(read)


@pytest.mark.parametrize("act", ACTS)
async def test_an_act_undone_leaves_the_tables_as_they_were(story: Story, act: str) -> None:
    *earlier, (name, line) = ACTS[act]
    for who, typed in earlier:
        await story.says(who, typed)
    before = await snapshot(story)

    said = await story.says(name, line)
    assert await snapshot(story) != before, said

    answer = await story.says(name, "annuler")
    assert "Annulé" in answer or "Undone" in answer
    assert await snapshot(story) == before


@pytest.mark.parametrize("act", ACTS)
async def test_the_answer_s_button_undoes_it_too(story: Story, act: str) -> None:
    *earlier, (name, line) = ACTS[act]
    for who, typed in earlier:
        await story.says(who, typed)
    before = await snapshot(story)
    await story.says(name, line)
    asked = story.last

    label = "Undo" if act in ("own language", "team's language") else "Annuler"
    if act not in ("tick all", "tick two", "reopen"):
        await story.clicks(name, asked, label)
        assert await snapshot(story) == before


@pytest.mark.parametrize("seed", range(6))
async def test_acts_undone_one_by_one_lead_back_to_the_beginning(story: Story, seed: int) -> None:
    dice = random.Random(seed)
    lines = [steps[-1][1] for steps in ACTS.values() if steps[-1][0] == "Léa" and len(steps) == 1]
    before = await snapshot(story)
    for line in dice.sample(lines, 6):
        await story.says("Léa", line)

    while "Rien à annuler" not in (answer := await story.says("Léa", "annuler")) and "Nothing" not in answer:
        assert "Annulé" in answer or "Undone" in answer

    assert await snapshot(story) == before


async def test_the_last_act_is_undone_and_not_an_earlier_one(story: Story) -> None:
    await story.says("Léa", "fait veille")
    await story.says("Léa", "rôle planning Karim")

    assert "Annulé : Planning" in await story.says("Léa", "annuler")

    assert "Karim" not in await story.says("Léa", "rôle planning")
    assert "Veille du jour est de nouveau à faire" in await story.says("Léa", "annuler")


async def test_an_edited_reminder_does_not_fire_at_the_undone_hour(story: Story) -> None:
    await story.says("Tom", "rappel à 15h relancer l’imprimeur")
    await story.says("Tom", "tâche modifier relancer à 16h")

    await story.says("Tom", "annuler")

    events = await story.until("18:00")
    fired = [f"{one.at:%H:%M}" for one in events if one.place == "@tom" and "relancer" in one.text.casefold()]
    assert fired[:1] == ["15:00"]
    assert "16:00" not in fired


async def test_an_undone_reminder_does_not_fire(story: Story) -> None:
    await story.says("Tom", "rappel à 15h relancer l’imprimeur")

    assert "plus de rappel" in await story.says("Tom", "annuler")

    assert not [one for one in await story.until("18:00") if "relancer" in one.text.casefold()]


async def test_a_button_undoes_once(story: Story) -> None:
    await story.says("Léa", "réglages horaires 10h-17h")
    answer = story.last
    await story.clicks("Léa", answer, "Annuler")
    before = len(await story.record())

    assert "déjà annulé" in await story.clicks("Léa", answer, "Annuler")

    assert len(await story.record()) == before


async def test_an_undo_is_on_record_and_is_no_act_to_undo(story: Story) -> None:
    await story.says("Léa", "rôle veille Tom")
    await story.says("Léa", "annuler")

    assert "role.undo" in [f"{one.subject}.{one.act}" for one in await story.record()]
    assert "Rien à annuler aujourd’hui" in await story.says("Léa", "annuler")


async def test_a_colleague_s_later_change_stops_the_undo(story: Story) -> None:
    await story.says("Léa", "confier veille à Tom")
    await story.says("Tom", "fait veille")

    said = await story.says("Léa", "annuler")

    assert "Tom l’a changé depuis, à 8 h 55" in said
    assert "Veille du jour · Tom" in await story.says("Léa", "jour équipe")


async def test_what_followed_from_an_act_and_changed_since_stays(story: Story) -> None:
    await story.says("Léa", "rôle veille Tom")
    await story.says("Tom", "fait veille")

    assert "Annulé : Veille · Léa" in await story.says("Léa", "annuler")

    assert "✓ Veille du jour · Tom" in await story.says("Léa", "jour équipe")


async def test_nobody_undoes_what_a_colleague_did(story: Story) -> None:
    await story.says("Léa", "réglages horaires 10h-17h")

    assert "par la personne qui l’a faite" in await story.clicks("Tom", story.last, "Annuler")


async def test_yesterday_s_act_stays(story: Story) -> None:
    await story.says("Léa", "réglages horaires 10h-17h")
    answer = story.last
    await story.until("2026-11-24T08:00")

    assert "Rien à annuler aujourd’hui" in await story.says("Léa", "annuler")
    assert "le jour même" in await story.clicks("Léa", answer, "Annuler")


async def test_an_own_later_change_is_undone_first(story: Story) -> None:
    await story.says("Léa", "réglages horaires 10h-17h")
    first = story.last
    await story.says("Léa", "réglages horaires 11h-17h")

    assert "tu l’as encore changé depuis" in await story.clicks("Léa", first, "Annuler")

    await story.says("Léa", "annuler")
    await story.says("Léa", "annuler")
    assert "9 h–18 h" in await story.says("Léa", "réglages")


async def test_a_set_up_says_why_it_stays(story: Story) -> None:
    await story.says("Léa", "configurer LinkedIn veille moi")

    assert "se refait avec « configurer »" in await story.says("Léa", "annuler")


async def test_the_lead_is_asked_before_giving_the_lead_away(story: Story) -> None:
    said = await story.says("Léa", "rôle responsable Karim")

    assert "Karim devient responsable et toi membre" in said
    assert "[1 Confirmer] [2 Non]" in said
    assert "Responsable · Léa" in await story.says("Tom", "rôle responsable")


async def test_the_lead_given_away_comes_back_by_an_undo(story: Story) -> None:
    await story.says("Léa", "rôle responsable Karim")
    assert "Karim est maintenant responsable. Tu redeviens membre." in await story.clicks(
        "Léa", story.last, "Confirmer"
    )
    assert "Seule la personne responsable" in await story.says("Léa", "réglages vous")

    assert "Léa est de nouveau responsable" in await story.says("Léa", "annuler")

    assert "« vous »" in await story.says("Léa", "réglages vous")


async def test_a_question_answered_no_changes_nothing(story: Story) -> None:
    await story.says("Léa", "tâche supprimer veille")
    asked = story.last

    assert "Rien n’a changé" in await story.clicks("Léa", asked, "Non")

    assert "ne sert plus" in await story.clicks("Léa", asked, "Confirmer")
    assert "Veille du jour" in await story.says("Léa", "jour")


async def test_a_removed_task_comes_back_with_its_open_item(story: Story) -> None:
    before = await snapshot(story)
    assert "Supprimer « Veille du jour » ?" in await story.says("Léa", "tâche supprimer veille")
    await story.clicks("Léa", story.last, "Confirmer")
    assert "Veille du jour" not in await story.says("Léa", "jour")

    await story.says("Léa", "annuler")

    assert await snapshot(story) == before


async def test_an_edit_offers_its_undo_first_and_never_a_removal(story: Story) -> None:
    said = await story.says("Léa", "tâche modifier veille à 10h")

    assert "[1 Annuler]" in said
    assert "Supprimer" not in said
    assert "(avant : tous les jours ouvrés à 9 h)" in said


@pytest.mark.parametrize("command", ["configurer", "alerte", "confier", "réglages", "influenceur", "tâche", "rôle"])
async def test_an_example_of_the_help_is_no_button(story: Story, command: str) -> None:
    said = await story.says("Léa", f"aide {command}")

    assert "Par exemple : " in said
    assert "[1" not in said
