"""What people type as they speak: courtesy, other days, one’s reminders, a rule with its bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("bonjour", "Bonjour Léa"),
        ("merci", "Avec plaisir"),
        ("la veille est faite", "C’est noté : Veille du jour"),
        ("j’ai fini la veille", "C’est noté : Veille du jour"),
        ("veille faite", "C’est noté : Veille du jour"),
        ("I’ve done the watch", "C’est noté : Veille du jour"),
        ("cm jour", "Ta journée, Léa"),
        ("confie le calendrier à Karim stp", "C’est confié à Karim : Calendrier éditorial."),
        ("hand over calendar to Karim", "C’est confié à Karim : Calendrier éditorial."),
        ("peux-tu me rappeler demain 9h d’appeler Julie ?", "mardi 24 novembre à 9 h : appeler Julie."),
        ("merci de me rappeler demain 9h d’appeler Julie", "mardi 24 novembre à 9 h : appeler Julie."),
        ("please remind me tomorrow 9am to call Julie", "mardi 24 novembre à 9 h : call Julie."),
        ("aide contenus", "Les contenus"),
    ],
)
async def test_a_line_as_people_speak_is_understood(story: Story, line: str, answer: str) -> None:
    assert answer in await story.says("Léa", line)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("fait veille demain", "pas encore ouvert"),
        ("passer veille demain", "pas encore ouvert"),
        ("confier veille demain à Karim", "pas encore ouvert"),
        ("décaler veille à 16h ou 17h", "dit plusieurs moments"),
        ("rappel demain entre 14h et 15h appeler Julie", "Je n’ai pas tout compris"),
        ("rappel Karim et Tom demain 9h la réunion", "pour une seule personne"),
        ("rappelle à tout le monde la réunion jeudi 10h", "pas pour toute l’équipe"),
        ("tâche ajouter Point pour Karim et Tom lundi 9h", "pour une seule personne"),
        ("tâche ajouter Point pour l’équipe lundi 9h", "pour une seule personne"),
        ("confier calendrier à Inès et Karim", "pour une seule personne"),
    ],
)
async def test_a_line_that_cannot_be_done_is_refused_and_changes_nothing(story: Story, line: str, refusal: str) -> None:
    before = await story.says("Léa", "jour équipe")

    assert refusal in await story.says("Léa", line)
    assert await story.says("Léa", "jour équipe") == before


async def test_what_was_done_yesterday_is_noted_late_and_can_be_taken_back(story: Story) -> None:
    await story.until("2026-11-24T09:05")

    assert "C’est noté après coup, pour le 23 novembre : Veille du jour · Léa" in await story.says(
        "Léa", "fait veille hier"
    )
    assert "Léa a noté après coup, pour le 23 novembre : Veille du jour" in await story.says("Léa", "historique")
    assert "est déjà noté comme fait" in await story.says("Léa", "fait veille hier")
    assert "Ce n’est plus noté comme fait" in await story.says("Léa", "annuler")
    assert "C’est noté : Veille du jour" in await story.says("Léa", "fait veille")


async def test_one_line_may_name_several_tasks(story: Story) -> None:
    both = await story.says("Léa", "confier calendrier et veille à Karim")

    assert "C’est confié à Karim : Calendrier éditorial." in both
    assert "C’est confié à Karim : Veille du jour." in both


async def test_one_s_reminders_are_listed_moved_and_removed(story: Story) -> None:
    assert "Tu n’as aucun rappel à venir" in await story.says("Léa", "rappels")
    await story.says("Léa", "rappel demain 9h appeler Julie")
    await story.says("Léa", "rappel vendredi 10h relire la charte")

    assert "Tes 2 rappels" in await story.says("Léa", "rappel lister")
    assert "jeudi 26 novembre à 11 h" in await story.says("Léa", "rappel modifier relire la charte jeudi 11h")
    assert "Rappel supprimé : Appeler Julie." in await story.says("Léa", "rappel supprimer Julie")
    left = await story.says("Léa", "rappels")
    assert "jeudi 26 novembre à 11 h · Relire la charte" in left
    assert "Julie" not in left


async def test_another_day_a_colleague_and_a_part_of_the_record_are_shown(story: Story) -> None:
    assert "Mardi 24 novembre" in await story.says("Léa", "demain")
    assert "Veille du jour" in await story.says("Léa", "jour demain")
    assert "Lundi 30 novembre" in await story.says("Léa", "semaine prochaine")
    karim = await story.says("Léa", "jour Karim")
    assert "Réponses aux messages" in karim
    assert "Veille du jour" not in karim
    await story.says("Karim", "fait réponses")
    assert "Karim a coché" in await story.says("Léa", "historique Karim")
    assert "n’est visible que par" in await story.says("Karim", "historique Léa")
    assert "configuré" not in await story.says("Léa", "historique réponses")


async def test_a_rule_with_bounds_is_said_back_and_its_day_changed_without_its_hour(story: Story) -> None:
    said = await story.says("Léa", "tâche ajouter Point chaque lundi à 11h30 à partir du 4 janvier")
    assert "tous les lundis à 11 h 30 à partir du 4 janvier 2027 (4 janvier, puis 11 janvier)" in said
    assert "à partir du 4 janvier 2027" in await story.says("Léa", "tâche lister")
    assert "tous les mardis à 11 h 30" in await story.says("Léa", "tâche modifier Point chaque mardi")


async def test_a_count_ends_the_rule(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Point chaque jour à 14h, 2 fois")
    assert "Point" in await story.says("Léa", "jour demain")
    await story.until("2026-11-24T09:05")

    assert "Point" not in await story.says("Léa", "jour demain")
