"""Every name of PRODUCT §2 for the team's commands leads to them, in both languages and in the spellings people use."""

from __future__ import annotations

import pytest

from bot.grammar.verbs import verb
from bot.influencers import commands as influencer
from bot.registry import load
from bot.tasks.commands import checklist, task
from bot.teams.commands import settings

COMMANDS = {
    "setup": ["setup", "configurer", "config", "Configurer"],
    "task": ["task", "tâche", "tache", "tâches", "Taches", "TÂCHE", "todo"],
    "checklist": ["checklist", "check-list", "checklists", "routine", "routines"],
    "role": ["role", "rôle", "roles", "rôles", "Rôle"],
    "who": ["who", "qui", "équipe", "equipe"],
    "influencer": ["influencer", "influenceur", "influenceuse", "influenceurs", "influ"],
    "settings": ["settings", "réglages", "reglages", "réglage", "paramètres", "parametres"],
    "lang": ["lang", "langue", "language"],
}
VERBS = {
    "task add": ["add", "ajouter", "Ajoute", "j’ajoute", "j'ajoute"],
    "task edit": ["edit", "modifier", "je modifie"],
    "task pause": ["pause", "suspendre", "je suspends"],
    "task resume": ["resume", "reprendre", "je reprends"],
    "task remove": ["remove", "supprimer", "je supprime"],
    "task list": ["list", "lister", "liste"],
    "checklist list": ["list", "lister"],
    "checklist enable": ["enable", "activer", "j’active"],
    "checklist disable": ["disable", "désactiver", "desactiver"],
    "checklist start": ["start", "lancer", "je lance"],
    "checklist show": ["show", "voir"],
    "influencer add": ["add", "ajouter"],
    "influencer list": ["list", "lister"],
    "influencer pause": ["pause", "suspendre"],
}
TABLES = {"task": task.VERBS, "checklist": checklist.VERBS, "influencer": influencer.VERBS}


@pytest.mark.parametrize(("name", "spelt"), [(name, one) for name, all_ in COMMANDS.items() for one in all_])
def test_a_command_is_found_by_every_spelling_of_its_name(name: str, spelt: str) -> None:
    found, rest = load().resolve(f"{spelt} Léa demain")

    assert (found and found.id, rest) == (name, "Léa demain")


@pytest.mark.parametrize(("line", "spelt"), [(line, one) for line, all_ in VERBS.items() for one in all_])
def test_a_verb_is_found_by_every_spelling(line: str, spelt: str) -> None:
    command, wanted = line.split()

    assert verb(f"{spelt} Relire  la charte", TABLES[command]) == (wanted, "Relire  la charte")


@pytest.mark.parametrize("table", [*TABLES.values(), settings.KEYS])
def test_no_spelling_of_a_verb_stands_for_two(table: dict[str, tuple[str, ...]]) -> None:
    spelt = [name for one, names in table.items() for name in {one, *names}]

    assert len(spelt) == len(set(spelt))
