# ruff: noqa: DTZ001 (nominal local moments are naive)
from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tasks.deadline import Deadline, OnWeekday, OnWorkingDay, SameDay, Within, deadline_of, from_text, to_text
from bot.teams.calendar import WorkCalendar

FRANCE = WorkCalendar()
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
deadlines: st.SearchStrategy[Deadline] = st.one_of(
    times.map(SameDay),
    st.builds(OnWeekday, st.integers(1, 7), times),
    st.builds(OnWorkingDay, st.sampled_from([-1, *range(1, 24)]), times),
    st.integers(0, 100_000).map(Within),
)


@pytest.mark.parametrize(
    ("deadline", "start", "expected"),
    [
        pytest.param(SameDay(time(12)), "2026-11-20 09:00", "2026-11-20 12:00", id="the veille"),
        pytest.param(SameDay(time(12)), "2026-11-20 14:00", "2026-11-23 12:00", id="past noon: next working day"),
        pytest.param(OnWorkingDay(3, time(18)), "2026-11-02 10:00", "2026-11-04 18:00", id="statistics"),
        pytest.param(OnWorkingDay(3, time(18)), "2027-01-04 10:00", "2027-01-06 18:00", id="statistics in January"),
        pytest.param(OnWorkingDay(3, time(18)), "2026-11-04 18:00", "2026-11-04 18:00", id="at the very moment"),
        pytest.param(OnWorkingDay(3, time(18)), "2026-12-20 10:00", "2027-01-06 18:00", id="next month's"),
        pytest.param(OnWorkingDay(-1, time(16)), "2026-12-10 10:00", "2026-12-31 16:00", id="last of the month"),
        pytest.param(OnWeekday(5, time(17)), "2026-11-16 10:00", "2026-11-20 17:00", id="influencer"),
        pytest.param(OnWeekday(5, time(17)), "2026-11-20 17:00", "2026-11-20 17:00", id="that Friday itself"),
        pytest.param(OnWeekday(5, time(17)), "2026-11-20 17:01", "2026-11-27 17:00", id="past it: a week later"),
        pytest.param(OnWeekday(5, time(17)), "2026-12-21 10:00", "2026-12-24 17:00", id="closed Friday: the eve"),
        pytest.param(OnWeekday(5, time(17)), "2026-12-24 18:00", "2026-12-28 17:00", id="never before its start"),
        pytest.param(Within(90), "2026-11-20 23:00", "2026-11-21 00:30", id="minutes"),
    ],
)
def test_the_deadline_of_what_starts_then(deadline: Deadline, start: str, expected: str) -> None:
    assert datetime.fromisoformat(expected) == deadline_of(deadline, datetime.fromisoformat(start), FRANCE)


@settings(deadline=None)
@given(
    deadlines,
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
    st.frozensets(st.dates(date(2024, 1, 1), date(2030, 1, 1)), max_size=9),
)
def test_nothing_is_due_before_it_starts(deadline: Deadline, start: datetime, closures: frozenset[date]) -> None:
    assert deadline_of(deadline, start, WorkCalendar(closures=closures)) >= start


@settings(deadline=None)
@given(deadlines)
def test_the_storage_notation_keeps_everything(deadline: Deadline) -> None:
    assert deadline == from_text(to_text(deadline))


def test_the_storage_notation_is_stable() -> None:
    found = [to_text(one) for one in (SameDay(time(12)), OnWeekday(5, time(17)), OnWorkingDay(-1, time(9)), Within(60))]

    assert found == ["same@12:00", "weekday:5@17:00", "workday:-1@09:00", "within:60"]


@pytest.mark.parametrize(
    "text", ["", "same", "same:1@12:00", "weekday@12:00", "weekday:8@12:00", "workday:0@12:00", "within:-1"]
)
def test_any_other_notation_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        from_text(text)


def test_seconds_are_refused() -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        SameDay(time(12, 0, 30))
