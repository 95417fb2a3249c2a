# ruff: noqa: DTZ001 (nominal local moments are naive)
from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.teams.calendar import WorkCalendar
from bot.teams.hours import WorkingHours, defer

FRANCE = WorkCalendar()
HOURS = WorkingHours()


@pytest.mark.parametrize(
    ("nominal", "expected", "urgent"),
    [
        ("2026-11-20 09:00", "2026-11-20 09:00", "2026-11-20 09:00"),
        ("2026-11-20 08:59", "2026-11-20 09:00", "2026-11-20 09:00"),
        ("2026-11-20 12:00", "2026-11-20 14:00", "2026-11-20 12:00"),
        ("2026-11-20 13:59", "2026-11-20 14:00", "2026-11-20 13:59"),
        ("2026-11-20 14:00", "2026-11-20 14:00", "2026-11-20 14:00"),
        ("2026-11-20 17:59", "2026-11-20 17:59", "2026-11-20 17:59"),
        ("2026-11-20 18:00", "2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-11-21 12:30", "2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-12-24 19:00", "2026-12-28 09:00", "2026-12-28 09:00"),
    ],
)
def test_quiet_hours_closed_days_and_lunch_defer(nominal: str, expected: str, urgent: str) -> None:
    at = datetime.fromisoformat(nominal)

    assert datetime.fromisoformat(expected) == defer(at, HOURS, FRANCE)
    assert datetime.fromisoformat(urgent) == defer(at, HOURS, FRANCE, urgent=True)


def test_a_day_that_ends_with_lunch_defers_to_the_next() -> None:
    mornings = WorkingHours(time(8), time(13), time(12), time(13))

    assert datetime(2026, 11, 23, 8) == defer(datetime(2026, 11, 20, 12, 15), mornings, FRANCE)


def test_equal_ends_mean_no_lunch() -> None:
    straight = WorkingHours(time(9), time(17), time(12), time(12))

    assert datetime(2026, 11, 20, 12) == defer(datetime(2026, 11, 20, 12), straight, FRANCE)


@settings(deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.booleans())
def test_what_is_deferred_arrives_in_working_time_and_is_never_deferred_again(nominal: datetime, urgent: bool) -> None:
    found = defer(nominal, HOURS, FRANCE, urgent=urgent)

    assert found >= nominal
    assert FRANCE.is_working(found.date())
    assert HOURS.opens <= found.time() < HOURS.closes
    assert urgent or not HOURS.at_lunch(found.time())
    assert found == defer(found, HOURS, FRANCE, urgent=urgent)


@pytest.mark.parametrize(
    "ends",
    [
        (time(18), time(9), time(12), time(14)),
        (time(9), time(18), time(14), time(12)),
        (time(9), time(12), time(9), time(12)),
    ],
)
def test_hours_that_leave_no_time_are_refused(ends: tuple[time, time, time, time]) -> None:
    with pytest.raises(ValueError):
        WorkingHours(*ends)


@pytest.mark.parametrize(
    ("opens", "closes", "usual", "said"),
    [
        ("09:00", "18:00", "17:30", "17:30"),
        ("09:00", "17:00", "17:30", "16:30"),
        ("08:00", "16:00", "16:30", "15:30"),
        ("09:00", "13:00", "17:30", "11:30"),
        ("14:00", "22:00", "17:30", "17:30"),
        ("17:15", "17:30", "17:30", "17:15"),
    ],
)
def test_the_days_last_words_come_before_people_leave(opens: str, closes: str, usual: str, said: str) -> None:
    hours = WorkingHours(time.fromisoformat(opens), time.fromisoformat(closes))
    assert hours.last(time.fromisoformat(usual), 30) == time.fromisoformat(said)
