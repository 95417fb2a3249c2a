# ruff: noqa: DTZ001 (nominal local moments are naive)
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.rhythm import (
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
    instant,
    local,
    nominals,
)
from bot.grammar.when import (
    Moment,
    moment,
    rhythm,
    say_date,
    say_delay,
    say_moment,
    say_rhythm,
    say_rhythm_with_next,
    say_time,
)
from bot.i18n import LANGUAGES, Language
from tests.bot.engine.test_rhythm import rhythms
from tests.bot.grammar.when.scene import FRANCE, NOW_LOCAL, TODAY

languages = st.sampled_from(LANGUAGES)
zones = st.sampled_from(["Europe/Paris", "America/Vancouver", "America/St_Johns", "Asia/Kolkata", "America/Nuuk"])
nows = st.datetimes(datetime(2024, 1, 1), datetime(2034, 12, 31))


def canonical(found: Rhythm) -> Rhythm:
    """The same rhythm with its week said by its Monday and by its first date, as the grammar does."""
    match found.rule:
        case Weekly(days, every, date() as anchor) if every > 1:
            start = found.rule.first_from(found.bounds.start) if found.bounds.start else found.rule.first()
            monday = anchor - timedelta(days=anchor.weekday())
            begun = start - timedelta(days=start.weekday()) if found.bounds.start else monday
            return replace(found, rule=Weekly(days, every, begun), bounds=replace(found.bounds, start=start))
        case Weekly(days, 1, _):
            return replace(found, rule=Weekly(days))
        case _:
            return found


@settings(deadline=None)
@given(nows, st.integers(1, 9 * 366 * 24 * 60), zones, languages, languages)
def test_a_moment_said_back_is_the_same_moment(
    now: datetime, minutes: int, name: str, language: Language, listener: Language
) -> None:
    zone = ZoneInfo(name)
    here = now.replace(tzinfo=UTC)
    at = (here + timedelta(minutes=minutes)).replace(second=0, microsecond=0) + timedelta(minutes=1)
    nominal = local(at, zone)
    if instant(nominal, zone) != at:
        return  # the second pass of an hour that comes twice has no words of its own
    said = say_moment(nominal, language, now_local=local(here, zone))
    delay = say_delay(nominal, language, now_local=local(here, zone))

    # A weekday and a month in words are never ambiguous, whichever language the reader tries first.
    assert Moment(nominal, at) == moment(said, now=here, zone=zone, calendar=FRANCE, language=listener)
    assert Moment(nominal, at, "by") == moment(delay, now=here, zone=zone, calendar=FRANCE, language=listener)


@settings(deadline=None)
@given(rhythms, languages, languages, st.dates(date(2024, 1, 1), date(2034, 1, 1)))
def test_a_rhythm_said_back_is_the_same_rhythm(
    found: Rhythm, language: Language, listener: Language, today: date
) -> None:
    today = min(today, found.bounds.end or today)

    assert canonical(found) == rhythm(say_rhythm(found, language), language=listener, today=today)


@settings(deadline=None)
@given(rhythms, languages, nows)
def test_a_rhythm_said_with_its_next_dates_comes_at_the_same_moments(
    found: Rhythm, language: Language, now: datetime
) -> None:
    now = min(now, datetime.combine(found.bounds.end or now.date(), now.time()))
    said = say_rhythm_with_next(found, FRANCE, now, language)
    again = rhythm(said, language=language, today=now.date())

    assert isinstance(again, Rhythm)
    assert (found.times, found.closed) == (again.times, again.closed)
    assert list(islice(nominals(found, FRANCE, now), 8)) == list(islice(nominals(again, FRANCE, now), 8))


@pytest.mark.parametrize(
    ("local", "french", "english"),
    [
        ("2026-11-19 09:00", "jeudi 19 novembre à 9 h", "Thursday 19 November at 9:00"),
        ("2026-11-19 16:30", "jeudi 19 novembre à 16 h 30", "Thursday 19 November at 16:30"),
        ("2027-04-01 10:05", "jeudi 1er avril à 10 h 05", "Thursday 1 April at 10:05"),
        ("2026-11-20 00:00", "vendredi 20 novembre à 0 h", "Friday 20 November at 0:00"),
        ("2027-11-19 09:00", "vendredi 19 novembre 2027 à 9 h", "Friday 19 November 2027 at 9:00"),
        ("2027-11-17 09:00", "mercredi 17 novembre 2027 à 9 h", "Wednesday 17 November 2027 at 9:00"),
        ("2028-02-29 09:00", "mardi 29 février 2028 à 9 h", "Tuesday 29 February 2028 at 9:00"),
    ],
)
def test_moments_in_words(local: str, french: str, english: str) -> None:
    at = datetime.fromisoformat(local)

    assert french.replace(" h", "\u202fh").replace("h 3", "h\u202f3").replace("h 0", "h\u202f0") == say_moment(
        at, "fr", now_local=NOW_LOCAL
    )
    assert english == say_moment(at, "en", now_local=NOW_LOCAL)


RHYTHMS = [
    (Rhythm(Daily(), (time(9), time(17))), "tous les jours à 9 h et 17 h", "every day at 9:00 and 17:00"),
    (
        Rhythm(WorkingDays(), (time(9), time(12), time(17))),
        "tous les jours ouvrés à 9 h, 12 h et 17 h",
        "every working day at 9:00, 12:00, and 17:00",
    ),
    (
        Rhythm(Weekly((1, 4)), (time(9),), Closed.AFTER),
        "tous les lundis et jeudis à 9 h",
        "every Monday and Thursday at 9:00",
    ),
    (
        Rhythm(Weekly((5,)), (time(9),), Closed.SKIP),
        "tous les vendredis à 9 h sauf jours fériés",
        "every Friday at 9:00 except holidays",
    ),
    (
        Rhythm(Weekly((1,), 2, date(2026, 11, 23)), (time(8, 30),), Closed.AFTER),
        "un lundi sur deux à 8 h 30 à partir du 23 novembre 2026",
        "every other Monday at 8:30 from 23 November 2026",
    ),
    (
        Rhythm(Weekly((1, 4), 7, date(2026, 11, 23)), (time(9),), Closed.AFTER),
        "une semaine sur 7, lundi et jeudi à 9 h à partir du 23 novembre 2026",
        "every 7 weeks on Monday and Thursday at 9:00 from 23 November 2026",
    ),
    (
        Rhythm(MonthlyDate(1), (time(10),), Closed.AFTER),
        "le 1er de chaque mois à 10 h",
        "on the 1st of every month at 10:00",
    ),
    (
        Rhythm(MonthlyDate(22), (time(10),), Closed.AFTER),
        "le 22 de chaque mois à 10 h",
        "on the 22nd of every month at 10:00",
    ),
    (
        Rhythm(MonthlyDate(31), (time(10),), Closed.AFTER),
        "le dernier jour de chaque mois à 10 h",
        "on the last day of every month at 10:00",
    ),
    (
        Rhythm(MonthlyWeekday(-1, 5), (time(16),), Closed.KEEP),
        "le dernier vendredi de chaque mois à 16 h même les jours fériés",
        "on the last Friday of every month at 16:00 even on holidays",
    ),
    (
        Rhythm(MonthlyWorkingDay(7), (time(18),)),
        "le 7e jour ouvré de chaque mois à 18 h",
        "on the 7th working day of every month at 18:00",
    ),
    (
        Rhythm(Yearly(3, 14), (time(9),), Closed.AFTER),
        "tous les ans le 14 mars à 9 h",
        "every year on 14 March at 9:00",
    ),
    (
        Rhythm(Once(date(2026, 11, 19)), (time(9),), Closed.KEEP),
        "une seule fois, le jeudi 19 novembre 2026 à 9 h",
        "once only, on Thursday 19 November 2026 at 9:00",
    ),
]


def spaced(text: str) -> str:
    """French hours with the narrow spaces that they are written with."""
    for figure in range(10):
        text = text.replace(f"{figure} h", f"{figure}\u202fh").replace(f"h {figure}", f"h\u202f{figure}")
    return text


@pytest.mark.parametrize(("found", "french", "english"), RHYTHMS)
def test_rhythms_in_words(found: Rhythm, french: str, english: str) -> None:
    assert spaced(french) == say_rhythm(found, "fr")
    assert english == say_rhythm(found, "en")


def test_a_rhythm_is_said_with_its_next_two_dates() -> None:
    every_other = Rhythm(Weekly((1,), 2, date(2026, 11, 23)), (time(8, 30),), Closed.AFTER)

    assert (
        say_rhythm_with_next(every_other, FRANCE, NOW_LOCAL, "fr")
        == "un lundi sur deux à 8\u202fh\u202f30 (23 novembre, puis 7 décembre)"
    )
    assert (
        say_rhythm_with_next(every_other, FRANCE, NOW_LOCAL, "en")
        == "every other Monday at 8:30 (23 November, then 7 December)"
    )


def test_two_times_of_one_day_are_one_date() -> None:
    twice = Rhythm(Daily(), (time(11), time(17)))

    assert say_rhythm_with_next(twice, FRANCE, NOW_LOCAL, "en").endswith("(18 November, then 19 November)")


def test_a_first_date_that_was_moved_does_not_hide_the_weeks() -> None:
    """Friday 25 December is closed and moves to Monday 28: the weeks are told by their own Friday."""
    fridays = Rhythm(Weekly((5,), 2, date(2026, 12, 21)), (time(9),), Closed.AFTER)

    assert say_rhythm_with_next(fridays, FRANCE, datetime(2026, 12, 21, 9), "fr") == spaced(
        "un vendredi sur deux à 9 h à partir du 25 décembre 2026 (28 décembre, puis 8 janvier)"
    )


def test_a_rhythm_that_never_comes_and_a_one_off_are_said_without_dates() -> None:
    never = Rhythm(Yearly(1, 1), (time(9),), Closed.SKIP)
    once = Rhythm(Once(date(2026, 11, 19)), (time(9),), Closed.KEEP)

    assert say_rhythm_with_next(never, FRANCE, NOW_LOCAL, "en") == "every year on 1 January at 9:00 except holidays"
    assert say_rhythm_with_next(once, FRANCE, NOW_LOCAL, "en") == say_rhythm(once, "en")


def test_times_and_dates_alone() -> None:
    assert say_time(time(9), "fr") == "9\u202fh"
    assert say_date(date(2028, 4, 1), "fr", TODAY) == "1er avril 2028"
