"""What can be typed next, in the person's language."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.console.completion import DURATIONS, MOMENTS, Scene, suggestions
from adapters.console.platform import Shown
from adapters.console.session import Place
from bot.cli._demo_clock import reach
from bot.engine.posting import Ref
from bot.grammar.when import moment
from bot.i18n import LANGUAGES, Language
from bot.message import Button, Message, Text
from bot.ports import Address
from bot.registry import load
from bot.teams.team import Team

PEOPLE = {"Léa": "lea", "Karim": "karim", "Inès": "ines"}
CARD = Message((Text(("Mardi",)), Button("Ma part", "say", "jour"), Button("Quelqu’un manque ?", "say", "")))
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


def next_words(line: str, language: Language = "fr") -> list[str]:
    """The suggestions, applied to the line."""
    place = Place("atelier", "équipe", PEOPLE, PARIS, language, load())
    to = Address("atelier", channel="équipe")
    shown = [Shown(3, to, "k", CARD, Ref("équipe", "3")), Shown(2, to, "", Message((Text(("Réponse",)),)), None)]
    faces = {"✅": "fait", "⏰": "plus tard"}
    scene = Scene(place, lambda: shown, faces, ("Veille du jour", "Réponses aux messages"))
    return [line[: len(line) - one.over] + one.text for one in suggestions(line, scene)]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("/", "/avance "),
        ("/av", "/avance "),
        ("/réa", "/reagir "),
        ("/cm fa", "/cm fait"),
        ("/cm jo", "/cm jour"),
        ("fai", "fait"),
        ("/cm fait ve", "/cm fait Veille du jour"),
        ("/cm fait repon", "/cm fait Réponses aux messages"),
        ("/cm fait ", "/cm fait Veille du jour"),
        ("/cm aide fa", "/cm aide fait"),
        ("/cm tâche ajouter Relire le post dem", "/cm tâche ajouter Relire le post demain 9h"),
        ("/cm configurer veille ka", "/cm configurer veille Karim"),
        ("/avance ", "/avance 1 semaine"),
        ("/avance lun", "/avance lundi 14h"),
        ("/comme i", "/comme Inès"),
        ("/reagir ", "/reagir ✅"),
        ("/reagir plus", "/reagir ⏰"),
        ("/reagir ✅ ", "/reagir ✅ 3"),
        ("/clic ", "/clic 3"),
        ("/clic 3 ", "/clic 3 Ma part"),
        ("/clic 3 quel", "/clic 3 Quelqu’un manque ?"),
        ("/clic 3 2", "/clic 3 Quelqu’un manque ?"),
        ("/voir ", "/voir 2"),
    ],
)
def test_the_french_of_a_line_is_completed(line: str, offered: str) -> None:
    assert offered in next_words(line)


@pytest.mark.parametrize(
    ("line", "offered"),
    [("/f", "/forward "), ("/cm do", "/cm done"), ("/forward tom", "/forward tomorrow 9am"), ("/avan", "/forward ")],
)
def test_the_english_of_a_line_is_completed(line: str, offered: str) -> None:
    assert offered in next_words(line, "en")


def test_a_reaction_is_offered_cards_only() -> None:
    assert next_words("/reagir ✅ ") == ["/reagir ✅ 3"]


def test_a_click_is_offered_messages_with_buttons_only() -> None:
    assert next_words("/clic ") == ["/clic 3"]


def test_an_unknown_line_is_offered_nothing() -> None:
    assert next_words("/xyz 1") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_moment_that_is_offered_is_understood(language: Language) -> None:
    team = Team("t", "Atelier", language)
    for typed in MOMENTS[language]:
        found = moment(typed, now=NOW, zone=PARIS, calendar=team.calendar, language=language)
        assert type(found).__name__ == "Moment", typed
    assert all(reach(typed, NOW, team) > NOW for typed in (*MOMENTS[language], *DURATIONS[language]))
