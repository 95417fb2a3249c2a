from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from bot.engine.rhythm import (
    Bounds,
    Closed,
    Daily,
    MonthlyDate,
    MonthlyWeekday,
    MonthlyWorkingDay,
    Once,
    Rhythm,
    Weekly,
    WorkingDays,
    Yearly,
)
from bot.errors import RefusalError
from bot.grammar.when import Hours, hours, rhythm
from tests.bot.grammar.when.scene import TODAY, recurs

NINE = (time(9),)
THIS_WEEK, NEXT_WEEK = date(2026, 11, 16), date(2026, 11, 23)


def weekly(*days: int, at: tuple[time, ...] = NINE, closed: Closed = Closed.AFTER, **bounds: Any) -> Rhythm:
    return Rhythm(Weekly(days), at, closed, Bounds(**bounds))


def spaced(*days: int, every: int = 2, anchor: date = NEXT_WEEK, at: time = time(9)) -> Rhythm:
    rule = Weekly(days, every, anchor)
    return Rhythm(rule, (at,), Closed.AFTER, Bounds(start=rule.first_from(max(anchor, TODAY))))


FRENCH = [
    ("tous les jours à 9h", Rhythm(Daily(), NINE)),
    ("chaque jour à 9 h", Rhythm(Daily(), NINE)),
    ("à 9h tous les jours", Rhythm(Daily(), NINE)),
    ("tous les matins", Rhythm(Daily(), NINE)),
    ("tous les soirs à 8h", Rhythm(Daily(), (time(20),))),
    ("tous les jours ouvrés à 9h", Rhythm(WorkingDays(), NINE)),
    ("chaque jour ouvrable à 9h30", Rhythm(WorkingDays(), (time(9, 30),))),
    ("deux fois par jour à 9h et 17h", Rhythm(Daily(), (time(9), time(17)))),
    ("tous les jours à 17h, 9h et midi", Rhythm(Daily(), (time(9), time(12), time(17)))),
    ("tous les lundis à 9h", weekly(1)),
    ("le lundi à 9h", weekly(1)),
    ("les lundis et jeudis à 9h", weekly(1, 4)),
    ("chaque jeudi, le lundi et le mardi à 9h", weekly(1, 2, 4)),
    ("du lundi au vendredi à 9h", weekly(1, 2, 3, 4, 5)),
    ("chaque semaine le vendredi à 16h30", weekly(5, at=(time(16, 30),))),
    ("deux fois par semaine, le mardi et le jeudi à 9h", weekly(2, 4)),
    ("tous les vendredis sauf jours fériés à 9h", weekly(5, closed=Closed.SKIP)),
    ("tous les vendredis à 9h même les jours fériés", weekly(5, closed=Closed.KEEP)),
    ("tous les vendredis à 9h ou le jour ouvré précédent", weekly(5, closed=Closed.BEFORE)),
    ("un lundi sur deux à 8h30", spaced(1, at=time(8, 30))),
    ("toutes les deux semaines le lundi à 8h30", spaced(1, at=time(8, 30))),
    ("tous les quinze jours le lundi à 8h30", spaced(1, at=time(8, 30))),
    ("un lundi sur trois", spaced(1, every=3)),
    ("tous les deux lundis à 8h30", spaced(1, at=time(8, 30))),
    ("tous les 3 lundis", spaced(1, every=3)),
    ("une semaine sur deux, le jeudi et le lundi", spaced(1, 4, anchor=THIS_WEEK)),
    ("un lundi sur deux à partir du 25 novembre", spaced(1, anchor=date(2026, 11, 30))),
    ("un lundi sur deux à 9h (30 novembre, puis 14 décembre)", spaced(1, anchor=date(2026, 11, 30))),
    ("le 1er de chaque mois à 10h", Rhythm(MonthlyDate(1), (time(10),), Closed.AFTER)),
    ("tous les mois le 15", Rhythm(MonthlyDate(15), NINE, Closed.AFTER)),
    ("le dernier jour du mois", Rhythm(MonthlyDate(31), NINE, Closed.AFTER)),
    ("chaque premier lundi du mois à 10h", Rhythm(MonthlyWeekday(1, 1), (time(10),), Closed.AFTER)),
    ("tous les premiers lundis du mois", Rhythm(MonthlyWeekday(1, 1), NINE, Closed.AFTER)),
    ("tous les derniers vendredis", Rhythm(MonthlyWeekday(-1, 5), NINE, Closed.AFTER)),
    ("le dernier vendredi de chaque mois", Rhythm(MonthlyWeekday(-1, 5), NINE, Closed.AFTER)),
    ("le dernier jour ouvré du mois à 16h", Rhythm(MonthlyWorkingDay(-1), (time(16),))),
    ("le troisième jour ouvré de chaque mois à 18h", Rhythm(MonthlyWorkingDay(3), (time(18),))),
    ("tous les ans le 14 mars", Rhythm(Yearly(3, 14), NINE, Closed.AFTER)),
    ("le 1er septembre de chaque année à 8h", Rhythm(Yearly(9, 1), (time(8),), Closed.AFTER)),
    ("une seule fois, le jeudi 19 novembre 2026 à 9 h", Rhythm(Once(date(2026, 11, 19)), NINE, Closed.KEEP)),
    ("chaque lundi à 9h à partir du 4 janvier", weekly(1, start=date(2027, 1, 4))),
    ("tous les lundis jusqu’au 31 décembre inclus à 9h", weekly(1, end=date(2026, 12, 31))),
    ("tous les lundis à 9h de mai à septembre", weekly(1, months=(5, 9))),
    ("tous les lundis en mai", weekly(1, months=(5, 5))),
    ("le lundi à 9h, 5 fois", weekly(1, start=TODAY, count=5)),
    ("chaque lundi du 1er au 24 décembre", weekly(1, start=date(2026, 12, 1), end=date(2026, 12, 24))),
    ("chaque lundi du 15 décembre au 15 janvier", weekly(1, start=date(2026, 12, 15), end=date(2027, 1, 15))),
    ("tous les lundis jusqu’à fin mars", weekly(1, end=date(2027, 3, 31))),
    (
        "tous les lundis à partir de janvier jusqu’à la fin de l’année",
        weekly(1, start=date(2027, 1, 1), end=date(2027, 12, 31)),
    ),
    ("un lundi sur deux à partir du 4 janvier", spaced(1, anchor=date(2027, 1, 4))),
    ("chaque jour du lundi au mercredi", weekly(1, 2, 3)),
    ("de mardi à jeudi à 9h", weekly(2, 3, 4)),
    ("chaque fin de mois", Rhythm(MonthlyDate(31), NINE, Closed.AFTER)),
    ("tous les mar. à 9h", weekly(2)),
    # asked
    ("un mercredi sur deux", (spaced(3, anchor=THIS_WEEK), spaced(3, anchor=NEXT_WEEK))),
    ("tous les jours à 9", (Rhythm(Daily(), NINE), Rhythm(Daily(), (time(21),)))),
    # refused
    ("de mardi", "rhythm.unknown"),
    ("chaque lundi jusqu’au 1er novembre", "rhythm.over"),
    ("chaque lundi jusqu’en décembre", "rhythm.unknown"),
    ("chaque lundi pendant 3 mois", "rhythm.unknown"),
    ("chaque lundi à 9h et 17h, 5 fois", "rhythm.unknown"),
    ("chaque lundi à partir du 4 janvier jusqu’au 1er janvier 2027", "rhythm.impossible"),
    ("trois fois par jour à 9h et 17h", "rhythm.count"),
    ("tous les jours à 25h", "rhythm.impossible"),
    ("tous les ans le 31 février", "rhythm.impossible"),
    ("tous les jours à 9h et 9h", "rhythm.impossible"),
    ("le 32 de chaque mois", "rhythm.unknown"),
    ("le sixième lundi du mois", "rhythm.unknown"),
    ("lundi 9h", "rhythm.unknown"),
    ("demain 9h", "rhythm.unknown"),
    ("toutes les heures", "rhythm.unknown"),
    ("de temps en temps", "rhythm.unknown"),
    ("une semaine sur deux", "rhythm.unknown"),
    ("une seule fois, le prochain jour ouvré", "rhythm.unknown"),  # whose working days? a rhythm knows no team
    ("tous les lundis à minuit", "rhythm.unknown"),
    ("tous les jours à 9h " * 20, "rhythm.too_long"),
]

ENGLISH = [
    ("every day at 9:00", Rhythm(Daily(), NINE)),
    ("daily at 9am", Rhythm(Daily(), NINE)),
    ("every morning", Rhythm(Daily(), NINE)),
    ("every weekday at 9am", Rhythm(WorkingDays(), NINE)),
    ("weekdays at 9am", Rhythm(WorkingDays(), NINE)),
    ("twice a day at 9:00 and 17:00", Rhythm(Daily(), (time(9), time(17)))),
    ("every day at 9:00, 12:00, and 17:00", Rhythm(Daily(), (time(9), time(12), time(17)))),
    ("every monday at 9:00", weekly(1)),
    ("mondays and thursdays at 9:00", weekly(1, 4)),
    ("on mondays at 9:00", weekly(1)),
    ("monday to friday at 9:00", weekly(1, 2, 3, 4, 5)),
    ("from monday to friday at 9:00", weekly(1, 2, 3, 4, 5)),
    ("weekly on friday at 9:00", weekly(5)),
    ("twice a week on tuesday and thursday at 9am", weekly(2, 4)),
    ("every friday at 9:00 except holidays", weekly(5, closed=Closed.SKIP)),
    ("every friday at 9:00 or the previous working day", weekly(5, closed=Closed.BEFORE)),
    ("every other tuesday at 8:30", spaced(2, at=time(8, 30))),
    ("every other week on monday and thursday", spaced(1, 4, anchor=THIS_WEEK)),
    ("every 3 weeks on monday at 9:00", spaced(1, every=3)),
    ("every two tuesdays at 8:30", spaced(2, at=time(8, 30))),
    ("every other monday starting on 25 november at 9:00", spaced(1, anchor=date(2026, 11, 30))),
    ("on the 15th of every month", Rhythm(MonthlyDate(15), NINE, Closed.AFTER)),
    ("every month on the 1st at 10:00", Rhythm(MonthlyDate(1), (time(10),), Closed.AFTER)),
    ("last day of the month", Rhythm(MonthlyDate(31), NINE, Closed.AFTER)),
    ("last friday of the month 4pm", Rhythm(MonthlyWeekday(-1, 5), (time(16),), Closed.AFTER)),
    ("first working day of every month at 10:00", Rhythm(MonthlyWorkingDay(1), (time(10),))),
    ("every year on 14 march", Rhythm(Yearly(3, 14), NINE, Closed.AFTER)),
    ("once only, on 19 November 2026 at 9:00", Rhythm(Once(date(2026, 11, 19)), NINE, Closed.KEEP)),
    ("every monday at 9am starting january 4", weekly(1, start=date(2027, 1, 4))),
    ("every monday at 9am until december 31", weekly(1, end=date(2026, 12, 31))),
    ("every monday from may through september", weekly(1, months=(5, 9))),
    ("every monday at 9am 5 times", weekly(1, start=TODAY, count=5)),
    ("mondays from 1 to 24 december", weekly(1, start=date(2026, 12, 1), end=date(2026, 12, 24))),
    ("every monday for 3 months", "rhythm.unknown"),
    ("of tuesday", "rhythm.unknown"),
    ("every weekday at 8", (Rhythm(WorkingDays(), (time(8),)), Rhythm(WorkingDays(), (time(20),)))),
    ("every second tuesday", (spaced(2), Rhythm(MonthlyWeekday(2, 2), NINE, Closed.AFTER))),
    ("three times a day at 9am", "rhythm.count"),
    ("every day at 13pm", "rhythm.impossible"),
    ("every so often", "rhythm.unknown"),
]


@pytest.mark.parametrize(("text", "expected"), FRENCH)
def test_french_rhythms_said_on_a_wednesday(text: str, expected: object) -> None:
    assert expected == recurs(text, "fr")


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_english_rhythms_said_on_a_wednesday(text: str, expected: object) -> None:
    assert expected == recurs(text, "en")


def test_the_table_is_as_long_as_promised() -> None:
    assert len([one for _, one in FRENCH + ENGLISH if isinstance(one, Rhythm)]) >= 25


def test_the_person_s_language_comes_first_and_the_other_one_is_understood() -> None:
    assert recurs("every weekday at 9am", "fr") == recurs("tous les jours ouvrés à 9h", "en")


def test_a_refusal_gives_a_rhythm_to_type_that_is_understood() -> None:
    with pytest.raises(RefusalError) as refusal:
        rhythm("de temps en temps", language="fr", today=TODAY)

    assert weekly(1) == recurs(str(refusal.value.params["example"]))


def test_every_n_weeks_in_figures_and_up_to_a_year() -> None:
    assert recurs("un lundi sur 52") == spaced(1, every=52)
    assert recurs("un lundi sur 53") == "rhythm.unknown"
    assert recurs("un lundi sur un") == weekly(1)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("à 10h", [(time(10),)]),
        ("17h et 9h30", [(time(9, 30), time(17))]),
        ("at 8 in the evening", [(time(20),)]),
        ("à 9", [(time(9),), (time(21),)]),
    ],
)
def test_hours_alone_are_times_of_a_rule_that_is_known(text: str, readings: list[tuple[time, ...]]) -> None:
    assert hours(text, language="fr") == Hours(tuple(readings))


@pytest.mark.parametrize("text", ["12", "demain 10h", "chaque jour à 10h", "à 25h", "minuit", "le matin", "10h et 10h"])
def test_what_says_more_or_less_than_hours_is_none(text: str) -> None:
    assert hours(text, language="fr") is None


def test_a_count_begins_tomorrow_once_the_time_of_today_is_past() -> None:
    started = rhythm("tous les jours à 9h, 3 fois", language="fr", today=TODAY, now=time(10))

    assert started == Rhythm(Daily(), NINE, bounds=Bounds(start=date(2026, 11, 19), count=3))
