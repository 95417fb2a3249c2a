"""The commands as a whole: named in both languages, without collision, within what Discord takes."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from bot.grammar.spelling import fold
from bot.i18n import LANGUAGES
from bot.registry import load

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.registry import Command

REGISTRY = load()
COMMANDS = list(REGISTRY.commands.values())
ENTRIES, CHARACTERS = 25, 8000
"""Of one root on Discord: https://discord.com/developers/docs/interactions/application-commands."""

# PRODUCT §2: English → (also accepted in English, French shown, also accepted in French).
TABLE: dict[str, tuple[str, str, str]] = {
    "setup": ("", "configurer", "config"),
    "day": ("today", "jour", "aujourdhui, aujourd'hui, aujourd’hui, auj, journée, liste"),
    "week": ("", "semaine", ""),
    "month": ("", "mois", ""),
    "done": ("", "fait", "fini, finie, finis, finies, termine, terminé, terminée, ok, cocher, coche, faite, faites"),
    "reopen": ("undo", "rouvrir", "decocher, décocher, defaire, défaire, annuler"),
    "skip": ("", "sauter", "passer, ignorer"),
    "snooze": ("", "decaler", "décaler, reporter, repousser, plus-tard, plus tard"),
    "take": ("", "prendre", "moi, je prends, je m'en charge, je m’en charge"),
    "assign": ("", "confier", "assigner, donner, deleguer, déléguer, attribuer"),
    "task": ("", "tâche", "todo, tache, taches, tâches"),
    "checklist": ("", "checklist", "routine"),
    "remind": ("", "rappel", "rappeler, rappelle-moi"),
    "role": ("", "role", "rôle, rôles"),
    "rotation": ("", "rotation", "roulement, tour"),
    "absent": ("", "absent", "absence, conges, congés"),
    "present": ("", "present", "présent"),
    "swap": ("", "echange", "échange, echanger, échanger, remplacer"),
    "handover": ("", "passation", "relais, transmettre"),
    "invite": ("", "inviter", "ajouter membre"),
    "member": ("members", "membre", "membres"),
    "who": ("", "qui", "equipe, équipe"),
    "influencer": ("", "influenceur", "influenceuse, influ, influenceurs, influenceuses"),
    "stats": ("", "stats", "statistiques, chiffres, reporting, bilan"),
    "watch": ("veille, listening", "veille", ""),
    "alert": ("", "alerte", "reponse, réponse, signaler, commentaire"),
    "plan": ("", "planning", "calendrier"),
    "quotas": ("", "quotas", ""),
    "mix": ("", "mix", ""),
    "priorities": ("", "priorites", "priorités, ice"),
    "idea": ("", "idee", "idée"),
    "approve": ("", "valider", "approuver, bat"),
    "crisis": ("", "crise", ""),
    "focus": ("", "focus", ""),
    "time": ("", "suivi-temps", "suivi temps, chrono"),
    "welcome": ("", "accueil", "arrivee, arrivée, integration, intégration"),
    "docs": ("", "docs", "documents"),
    "history": ("audit", "historique", "journal"),
    "export": ("", "exporter", ""),
    "settings": ("", "reglages", "réglages, parametres, paramètres"),
    "lang": ("", "langue", ""),
    "help": ("", "aide", ""),
    "say": ("", "dire", ""),
}  # fmt: skip


def words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(",") if word.strip()]


def test_every_command_is_one_of_the_product() -> None:
    assert set(REGISTRY.commands) <= set(TABLE)


@pytest.mark.parametrize("name", sorted(set(TABLE) & set(REGISTRY.commands)))
def test_a_command_answers_to_every_name_of_the_table(name: str) -> None:
    also_en, shown, also_fr = TABLE[name]

    for spelling in (name, shown, *words(also_en), *words(also_fr), shown.upper(), f"{shown} Veille du jour"):
        found, _ = REGISTRY.resolve(spelling)
        assert found is not None, spelling
        assert found.id == name, spelling
    assert fold(REGISTRY.commands[name].names.fr) == fold(shown)


def test_no_two_commands_share_a_spelling() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for command in COMMANDS:
        for name in command.names.all():
            owners[fold(name)].add(command.id)

    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_the_help_says_neither_tu_nor_vous(command: Command) -> None:
    """It has no twin for teams that say « vous »."""
    said = [command.fr.help, *(one.help_fr for one in command.verbs)]

    assert [one for one in said if re.search(r"\b(?:te|ton|ta|tes|toi|votre|vos)\b|\btu (?!ou\b)\w|t’", one)] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_is_explained_in_each_language(command: Command, language: Language) -> None:
    guide = command.guide(language)

    assert guide.help
    assert guide.help == guide.help.strip().rstrip(".")
    assert guide.examples


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_as_typed_is_understood(command: Command, language: Language) -> None:
    guide = command.guide(language)

    for line in (*guide.examples, *filter(None, [guide.usage])):
        assert REGISTRY.resolve(line)[0] is command, line
        assert REGISTRY.resolve(line.replace("’", "'"))[0] is command, line


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_name_and_its_help_fit_discord(command: Command) -> None:
    for name in (command.names.en, command.names.fr):
        assert re.fullmatch(r"[\w-]{1,32}", name), name
        assert name == name.lower()
    for guide in (command.en, command.fr):
        assert 1 <= len(guide.help) <= 100, guide.help


@pytest.mark.parametrize("section", ["day", "team", "content"])
def test_a_section_fits_one_root_of_discord(section: str) -> None:
    """Of names, descriptions and values the longest language counts."""
    inside = [one for one in COMMANDS if one.section == section]
    characters = sum(
        max(len(one.names.shown(language)) + len(one.guide(language).help) for language in LANGUAGES) for one in inside
    )

    assert len(inside) <= ENTRIES
    assert characters <= CHARACTERS


def test_reading_commands_are_not_those_that_open_a_form() -> None:
    assert [one.id for one in COMMANDS if one.answer not in {"private", "channel", "form"}] == []
