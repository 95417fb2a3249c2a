"""One line says a task, when, and for whom, in whatever order people put the last two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.engine.rhythm import Closed, Rhythm, Weekly
from bot.errors import RefusalError
from bot.grammar.task_line import Asked, parse_task_line
from bot.grammar.when import Ask, AskRhythm, Moment
from bot.i18n import Texts, texts
from bot.teams.team import Team

if TYPE_CHECKING:
    from bot.call import Call
    from bot.i18n import Language

NOW = datetime(2026, 11, 23, 7, 55, tzinfo=UTC)
FRIDAYS = Rhythm(Weekly((5,)), (time(15),), Closed.AFTER)


@dataclass
class Scene:
    """As much of a call as reading a line needs."""

    texts: Texts
    team: Team = Team("t", "T")  # noqa: RUF009  # frozen
    now: datetime = NOW
    today: date = date(2026, 11, 23)


def read(line: str, language: Language = "fr") -> Asked:
    return parse_task_line(cast("Call", Scene(texts(language))), line)


@pytest.mark.parametrize(
    ("line", "language", "title", "whom"),
    [
        ("Relire le post LinkedIn chaque vendredi à 15h pour Karim", "fr", "Relire le post LinkedIn", "Karim"),
        ("Relire le post LinkedIn pour Karim chaque vendredi à 15h", "fr", "Relire le post LinkedIn", "Karim"),
        ("Proof-read LinkedIn every friday 3pm for Karim", "en", "Proof-read LinkedIn", "Karim"),
        ("Proof-read LinkedIn every friday 3pm", "fr", "Proof-read LinkedIn", ""),
        ("Relire tous les vendredis à 15 h", "en", "Relire", ""),
    ],
)  # fmt: skip
def test_a_rhythm_parts_the_title_from_the_person(line: str, language: Language, title: str, whom: str) -> None:
    found = read(line, language)

    assert (found.title, found.person, found.when) == (title, whom, FRIDAYS)


@pytest.mark.parametrize(
    ("line", "language", "kind", "local"),
    [
        ("Acheter du ruban demain 9h", "fr", "at", "2026-11-24T09:00"),
        ("Acheter du ruban pour vendredi", "fr", "by", "2026-11-27T18:00"),
        ("Acheter du ruban d’ici vendredi", "fr", "by", "2026-11-27T18:00"),
        ("Buy tape on friday 3pm", "en", "at", "2026-11-27T15:00"),
        ("Buy tape by Friday", "en", "by", "2026-11-27T18:00"),
    ],
)
def test_a_moment_is_read_once(line: str, language: Language, kind: str, local: str) -> None:
    found = read(line, language).when

    assert isinstance(found, Moment)
    assert (found.kind, found.local.isoformat(timespec="minutes")) == (kind, local)


def test_a_person_named_before_the_moment_may_be_part_of_the_title() -> None:
    found = read("Préparer les visuels pour Noël chaque vendredi à 15h")

    assert (found.person, found.sure, found.whole) == ("Noël", False, "Préparer les visuels pour Noël")


@pytest.mark.parametrize(
    ("line", "kind"), [("Relire vendredi prochain", Ask), ("Publier un lundi sur deux à 9h", AskRhythm)]
)
def test_what_is_ambiguous_is_asked(line: str, kind: type[Any]) -> None:
    assert isinstance(read(line).when, kind)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Relire hier 9h", "when.past"),
        ("Relire chaque vendredi à 25h", "rhythm.impossible"),
        ("Relire chaque douzaine à 10h", "rhythm.unknown"),
        ("Relire chaque lien à 10h", "rhythm.unknown"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_rather_than_taken_for_a_title(line: str, key: str) -> None:
    with pytest.raises(RefusalError) as refused:
        read(line)

    assert refused.value.key == key


@pytest.mark.parametrize(
    ("line", "language", "key"),
    [
        ("Publier Y tous les deux jours à 9h", "fr", "rhythm.spaced"),
        ("Publier Y à 9h tous les deux jours pour Karim", "fr", "rhythm.spaced"),
        ("Post un jour sur deux à 9h", "fr", "rhythm.spaced"),
        ("Bilan trimestriel tous les trois mois à 8h", "fr", "rhythm.spaced"),
        ("Publier trois fois par mois demain à 9h", "fr", "rhythm.spaced"),
        ("Arroser toutes les deux heures", "fr", "rhythm.spaced"),
        ("Post every two days at 9am", "en", "rhythm.spaced"),
        ("Publier Y toutes les deux semaines à 9h", "fr", "rhythm.which_days"),
        ("Publier Y tous les 15 jours à 9h", "fr", "rhythm.which_days"),
        ("Publier Y deux fois par semaine à 9h", "fr", "rhythm.which_days"),
        ("Bilan tous les mois à 10h", "fr", "rhythm.which_days"),
        ("Post5 twice a week at 9am", "en", "rhythm.which_days"),
        ("Story tous les lundis, sauf le 30 novembre, à 9h", "fr", "rhythm.except"),
        ("Publier tous les jours à 9h sauf le week-end", "fr", "rhythm.except"),
        ("Post4 on Mondays except the first at 9am", "en", "rhythm.except"),
        ("Relire le 1er et le 15 du mois à 10h", "fr", "rhythm.several"),
        ("Publier lundi et mardi à 9h", "fr", "rhythm.several"),
        ("Publier à 10h et 15h", "fr", "rhythm.several"),
        ("Publier tous les 2 trimestres à 9h", "fr", "rhythm.unknown"),
        ("Publier un week-end sur deux à 9h", "fr", "rhythm.spaced"),
    ],
)
def test_a_recurrence_that_is_not_of_the_grammar_is_never_taken_for_a_title(
    line: str, language: Language, key: str
) -> None:
    with pytest.raises(RefusalError) as refused:
        read(line, language)

    assert refused.value.key == key


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Publier la story tous les deux lundis à 9h", "fr"),
        ("Publier la story tous les 2 lundis à 9h", "fr"),
        ("Publier la story every two mondays at 9am", "en"),
    ],
)
def test_every_second_monday_asks_for_its_first(line: str, language: Language) -> None:
    found = read(line, language)

    assert found.title == "Publier la story"
    assert isinstance(found.when, AskRhythm)
    assert [one.rule.every for one in found.when.choices if isinstance(one.rule, Weekly)] == [2, 2]


@pytest.mark.parametrize(
    "title",
    ["Vérifier tous les liens", "Vérifier chaque lien", "Lire un message sur deux", "Relire tout sauf la bio",
     "Relire toutes les 3 publications", "Vitamine D", "Relire A", "Plan A"],
)  # fmt: skip
@pytest.mark.parametrize("when", ["demain 9h", "chaque lundi à 9h"])
def test_a_title_keeps_the_words_that_only_look_like_a_rule(title: str, when: str) -> None:
    assert read(f"{title} {when}").title == title


@pytest.mark.parametrize(
    ("line", "title"),
    [("Ranger - demain 9h", "Ranger"), ("Ranger; -- demain 9h", "Ranger; --"), ("🎄 demain 9h", "🎄")],
)
def test_marks_belong_to_the_title_but_for_the_dash_before_the_moment(line: str, title: str) -> None:
    assert read(line).title == title


def test_a_line_without_a_moment_is_a_title() -> None:
    assert read("Relire la charte") == Asked("Relire la charte")


def test_a_line_as_long_as_a_chat_allows_is_read_in_bounded_time() -> None:
    assert read("pour " * 800).when is None
