"""Lines that were read wrongly once, by kind: the right value, or a refusal. On a Wednesday, 8:30 in Paris."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, cast

import pytest

from bot.engine.rhythm import Rhythm, to_text
from bot.errors import RefusalError
from bot.grammar.task_line import parse_task_line
from bot.grammar.when import Ask, AskRhythm
from bot.i18n import Texts, texts
from bot.teams.team import Team

if TYPE_CHECKING:
    from bot.call import Call
    from bot.grammar.task_line import When
    from bot.i18n import Language

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)


@dataclass
class Scene:
    """As much of a call as reading a line needs."""

    texts: Texts
    team: Team = Team("t", "T")  # noqa: RUF009  # frozen
    now: datetime = NOW
    today: date = date(2026, 11, 25)


def read(line: str, language: Language) -> str:
    """The title and the moment of a line: `X: 2026-11-26 15:00`, `X: ?when.of_day …`, or `!key`."""
    try:
        parts = parse_task_line(cast("Call", Scene(texts(language))), line)
    except RefusalError as refusal:
        return f"!{refusal.key}"
    return f"{parts.title}: {_value(parts.when)}"


def _value(when: When | None) -> str:
    if isinstance(when, Ask | AskRhythm):
        return f"?{when.question} " + " | ".join(map(_value, when.choices))
    if isinstance(when, Rhythm):
        return to_text(when)
    return when.local.isoformat(" ", "minutes") if when else "-"


FRENCH = [
    # words of time that the grammar does not know
    ("X le week-end à 10h", "!when.half"),
    ("X chaque fin de mois à 10h", "X: date:31@10:00!after"),
    ("X l’avant-dernier jour ouvré du mois à 10h", "!when.half"),
    ("X à Noël à 10h", "X: 2026-12-25 10:00"),
    ("X en janvier à 10h", "!when.half"),
    ("X pendant les vacances à 10h", "!when.half"),
    ("X mi-janvier à 10h", "!when.half"),
    ("X du 30 à 14h", "X: 2026-11-30 14:00"),
    ("X demain vers 15h", "X: 2026-11-26 15:00"),
    ("X demain entre 14h et 15h", "!rhythm.several"),
    ("X les semaines impaires le lundi à 10h", "!when.half"),
    ("X le vendredi avant le 15 de chaque mois à 10h", "!when.half"),
    # a rule with its bounds
    ("X chaque lundi à 10h à partir du 4 janvier", "X: weekly:1@10:00!after+from=2027-01-04"),
    ("X un lundi sur deux à 10h à partir du 4 janvier", "X: weekly:1/2/2027-01-04@10:00!after+from=2027-01-04"),
    ("X chaque lundi à 10h jusqu’au 31 décembre", "X: weekly:1@10:00!after+until=2026-12-31"),
    ("X du 1er au 24 décembre chaque jour à 10h", "X: daily@10:00!skip+from=2026-12-01+until=2026-12-24"),
    ("X chaque lundi à 10h pendant 3 mois", "!rhythm.length"),
    ("X chaque jour à 8h, 3 fois", "X: daily@08:00!skip+from=2026-11-26+times=3"),
    # a weekday after « de » is no rule
    ("X de mardi", "X de mardi: -"),
    ("la réunion de lundi 14h", "la réunion: ?when.of_day 2026-11-30 14:00"),
    # a time on another clock
    ("X demain 15:00 UTC", "X: 2026-11-26 16:00"),
    ("X demain 15h heure de Montréal", "X: 2026-11-26 21:00"),
    # « mar. » is a weekday
    ("X mar. 8 déc. 9h", "X: 2026-12-08 09:00"),
    ("X tous les mar. à 9h", "X: weekly:2@09:00!after"),
    # hours in words
    ("X demain à dix-huit heures", "X: 2026-11-26 18:00"),
    ("X demain à vingt et une heures", "X: 2026-11-26 21:00"),
    ("X cet aprem", "X: 2026-11-25 14:00"),
    # a title may speak of a time
    ("Bilan du mois à 10h", "Bilan du mois: 2026-11-25 10:00"),
    ("Les visuels de Noël à 10h", "Les visuels de Noël: 2026-11-25 10:00"),
    ("Vidéo de 30 secondes demain 9h", "Vidéo de 30 secondes: 2026-11-26 09:00"),
    ("Relire le bilan de fin de mois demain 9h", "Relire le bilan de fin de mois: 2026-11-26 09:00"),
    ("Carte « fin d’année » à 10h", "Carte « fin d’année »: 2026-11-25 10:00"),
]

ENGLISH = [
    ("X on weekends at 10am", "!when.half"),
    ("X biweekly on Monday at 10am", "!when.half"),
    ("X quarterly on the 1st at 10am", "!when.half"),
    ("X next January at 10am", "!when.half"),
    ("X the penultimate Friday of the month at 10am", "!when.half"),
    ("X two days before the end of the month at 10am", "!when.half"),
    ("X every Monday at 10am starting January 4", "X: weekly:1@10:00!after+from=2027-01-04"),
    ("X every Monday at 10am until December 31", "X: weekly:1@10:00!after+until=2026-12-31"),
    ("X every Monday at 10am for 3 months", "!rhythm.length"),
    ("X of Tuesday", "X of Tuesday: -"),
    ("Minutes of Monday 2pm", "Minutes: ?when.of_day 2026-11-30 14:00"),
    ("X tomorrow around 2pm", "X: 2026-11-26 14:00"),
    ("X Friday COB", "X: 2026-11-27 17:00"),
    ("X tomorrow 3pm EST", "X: 2026-11-26 21:00"),
    ("X tomorrow 3pm New York time", "X: 2026-11-26 21:00"),
    ("X at 5", "X: ?when.which_time 2026-11-25 17:00 | 2026-11-26 05:00"),
]


@pytest.mark.parametrize(("line", "expected"), FRENCH)
def test_a_french_line_of_each_kind(line: str, expected: str) -> None:
    assert read(line, "fr") == expected


@pytest.mark.parametrize(("line", "expected"), ENGLISH)
def test_an_english_line_of_each_kind(line: str, expected: str) -> None:
    assert read(line, "en") == expected


def test_another_clock_is_refused_while_it_is_another_day_there() -> None:
    with pytest.raises(RefusalError) as refused:
        parse_task_line(
            cast("Call", Scene(texts("fr"), now=datetime(2026, 11, 25, 1, tzinfo=UTC))),
            "X demain 15h heure de Montréal",
        )
    assert refused.value.key == "when.zone"
