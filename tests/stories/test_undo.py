"""« annuler » takes back the member's last act of the day, whatever it was: the tables are as they were before it."""

from __future__ import annotations

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
    "tick two": [("Léa", "fait veille et statistiques")],
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
        found = tx.teams.get(team)
        assert found is not None
        items = tx.items.between(team, found.tz and tx.now.replace(hour=0), tx.now.replace(year=tx.now.year + 9))
        return {
            "team": found,
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

    label = "Undo" if act == "own language" else "Annuler"
    if act not in ("tick all", "tick two", "team's language"):
        await story.clicks(name, asked, label)
        assert await snapshot(story) == before
