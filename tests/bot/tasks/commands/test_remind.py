"""A reminder: for me, somebody or a role; its moment echoed in full; said in private at that moment, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.teams.member import Permission
from tests.stories.test_assign import lower

if TYPE_CHECKING:
    from tests.story import Story


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rappelle-moi demain 9h de relancer l’imprimeur",
         "Rappel pour toi, mardi 24 novembre à 9 h : relancer l’imprimeur."),
        ("rappelle-moi de relancer l’imprimeur demain à 9h",
         "Rappel pour toi, mardi 24 novembre à 9 h : relancer l’imprimeur."),
        ("rappel 14h30 appeler Paul", "Rappel pour toi, lundi 23 novembre à 14 h 30 : appeler Paul."),
        ("remind Karim tomorrow 9am to check the stats",
         "Rappel pour Karim, mardi 24 novembre à 9 h : check the stats."),
        ("remind me in 2 hours to call", "Rappel pour toi, lundi 23 novembre à 10 h 55 : call."),
        ("rappel planning vendredi 16h vérifier les visuels",
         "Rappel pour le rôle « Planning » (Tom), vendredi 27 novembre à 16 h : vérifier les visuels."),
        ("rappeler à Inès vendredi à 10h d’envoyer les photos",
         "Rappel pour Inès, vendredi 27 novembre à 10 h : envoyer les photos."),
        ("rappel créateurs demain 9h photo", "pour le rôle « Création » (Inès), mardi 24 novembre à 9 h : photo."),
        ("rappel les animatrices demain 9h photo", "Rappel pour le rôle « Animation de la communauté » (Karim)"),
        ("rappel demain 9h vérifier tous les liens", "mardi 24 novembre à 9 h : vérifier tous les liens."),
        ("rappel demain 9h le bilan de chaque jour", "mardi 24 novembre à 9 h : le bilan de chaque jour."),
    ],
)  # fmt: skip
async def test_it_is_understood_and_said_back_in_full(line: str, said: str, story: Story) -> None:
    assert said in await story.says("Léa", line)


async def test_it_is_said_in_private_at_its_moment_and_once(story: Story) -> None:
    await story.says("Léa", "rappel Karim demain 10h vérifier les chiffres")

    shown = await story.until("2026-11-24T11:00")

    told = [one for one in shown if "vérifier les chiffres" in one.text]
    assert [(one.place, one.at.strftime("%H:%M")) for one in told] == [("@karim", "10:00")]


async def test_a_reminder_of_ones_own_is_on_no_card_of_the_team(story: Story) -> None:
    await story.says("Léa", "rappel demain 10h appeler le dentiste")
    await story.until("2026-11-24T09:30")

    assert "dentiste" not in "".join(story.channel) + await story.says("Tom", "jour équipe")


async def test_a_roles_reminder_is_on_the_days_card(story: Story) -> None:
    await story.says("Léa", "rappel planning demain 16h vérifier les visuels")
    await story.until("2026-11-24T09:30")

    assert "Vérifier les visuels · Tom" in story.channel[-1]


async def test_done_before_its_moment_it_is_not_said(story: Story) -> None:
    await story.says("Léa", "rappel 10h appeler Paul")
    await story.says("Léa", "fait appeler Paul")

    shown = await story.until("10:30")

    assert not [one for one in shown if "appeler Paul" in one.text]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rappel demain 9h", "Rappeler quoi ?"),
        ("rappel relancer l’imprimeur", "Rappeler quand ?"),
        ("rappel", "Tu n’as aucun rappel à venir."),
        ("rappel hier 9h relancer l’imprimeur", "« hier 9h » est passé"),
        ("rappel chaque lundi à 9h de relire", "« tâche ajouter relire chaque lundi à 9h »"),
        ("rappel relire la FAQ tous les lundis 9h", "« tâche ajouter relire la FAQ tous les lundis 9h »"),
        ("rappel Karim every monday at 9am to call", "« tâche ajouter call every monday at 9am pour Karim »"),
        ("rappel tout le monde vendredi 10h relire", "pas pour toute l’équipe"),
        ("rappel équipe vendredi 10h relire", "pas pour toute l’équipe"),
        ("rappel tous les deux jours à 9h arroser", "par exemple « tâche ajouter arroser tous les lundis à 9 h »"),
        ("rappel toutes les deux heures boire", "Un rappel ne vient qu’une fois"),
        (
            "rappel Karim relire la page tous les deux jours à 9h",
            "« tâche ajouter relire la page tous les lundis à 9 h",
        ),
        ("remind every two days at 9am water", "Un rappel ne vient qu’une fois"),
        ("rappel bidules demain 9h photo", "« bidules » n’est ni une personne ni un rôle que je connaisse"),
        ("rappel bidules demain 9h photo", "« rappel demain 9h bidules photo »"),
        ("rappel lundi et mardi 9h boire", "plusieurs moments sont dits"),
        ("rappel boire lundi et mardi 9h", "plusieurs moments sont dits"),
        ("rappel Léa et Karim demain 9h photo", "est pour une seule personne, ou pour un rôle"),
        ("remind Zoé to call tomorrow", "Je ne connais pas « Zoé"),
        (f"rappel demain 9h {'x' * 201}", "trop long pour un rappel (200 signes au plus)"),
    ],
)
async def test_what_is_missing_or_wrong_is_said(line: str, said: str, story: Story) -> None:
    before = len(await story.record())

    assert said in await story.says("Léa", line)
    assert len(await story.record()) == before


async def test_two_moments_that_fit_are_two_buttons_with_the_whole_line(story: Story) -> None:
    await story.until("2026-11-25T08:00")

    assert "Quel jour ?" in await story.says("Léa", "rappel vendredi prochain appeler Paul")
    assert "vendredi 4 décembre à 9 h : appeler Paul" in await story.clicks("Léa", story.last, "vendredi 4")


async def test_an_observer_reminds_only_themselves(story: Story) -> None:
    await lower(story, "Tom", Permission.OBSERVER)

    assert "Rappel pour toi" in await story.says("Tom", "rappel demain 9h appeler Paul")
    assert "Tu ne peux pas confier" in await story.says("Tom", "rappel Karim demain 9h appeler Paul")
