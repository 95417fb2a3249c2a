# ruff: noqa: DTZ001 (nominal local moments are naive)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.rhythm import (
    Bounds,
    Closed,
    Daily,
    MonthlyDate,
    MonthlyWeekday,
    MonthlyWorkingDay,
    Once,
    Rhythm,
    Rule,
    Weekly,
    WorkingDays,
    Yearly,
    from_text,
    next_nominal,
    nominals,
    to_text,
)
from bot.teams.calendar import WorkCalendar

FRANCE = WorkCalendar()
NINE = (time(9),)
dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
weekdays = st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days)))
rules: st.SearchStrategy[Rule] = st.one_of(
    st.just(Daily()),
    st.just(WorkingDays()),
    weekdays.map(Weekly),
    st.builds(Weekly, weekdays, st.integers(2, 52), dates),
    st.integers(1, 31).map(MonthlyDate),
    st.builds(MonthlyWeekday, st.sampled_from([-1, 1, 2, 3, 4, 5]), st.integers(1, 7)),
    st.sampled_from([-1, *range(1, 24)]).map(MonthlyWorkingDay),
    st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: Yearly(day.month, day.day)),
    dates.map(Once),
)


@st.composite
def bounded(draw: st.DrawFn) -> Rhythm:
    """A rhythm with bounds that suit its rule; every N weeks begins at its first date, as the grammar has it."""
    rule, closed = draw(rules), draw(st.sampled_from(Closed))
    at = tuple(sorted(draw(st.sets(times, min_size=1, max_size=4))))
    if isinstance(rule, Once):
        return Rhythm(rule, at, closed)
    start = draw(st.none() | dates)
    if isinstance(rule, Weekly) and rule.every > 1:
        start = rule.first_from(start or rule.first())
    span = draw(st.none() | st.integers(0, 2000))
    count = draw(st.none() | st.integers(1, 30)) if start and len(at) == 1 else None
    months = None if isinstance(rule, Yearly) else draw(st.none() | st.tuples(st.integers(1, 12), st.integers(1, 12)))
    end = None if span is None else (start or draw(dates)) + timedelta(days=span)
    return Rhythm(rule, at, closed, Bounds(start, end, count, months))


rhythms = bounded()
calendars = st.builds(
    WorkCalendar,
    days=weekdays,
    closures=st.frozensets(dates, max_size=8),
    whit_monday=st.booleans(),
)


def following(rhythm: Rhythm, after: str, count: int = 3, calendar: WorkCalendar = FRANCE) -> list[str]:
    found = islice(nominals(rhythm, calendar, datetime.fromisoformat(after)), count)
    return [nominal.isoformat(" ", "minutes") for nominal in found]


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    [
        (Daily(), "2026-11-20 09:00", ["2026-11-21 09:00", "2026-11-22 09:00"]),
        (WorkingDays(), "2026-11-20 09:00", ["2026-11-23 09:00", "2026-11-24 09:00"]),
        (WorkingDays(), "2026-11-10 09:00", ["2026-11-12 09:00", "2026-11-13 09:00"]),
        (Weekly((1, 4)), "2026-11-20 09:00", ["2026-11-23 09:00", "2026-11-26 09:00"]),
        (Weekly((1,), 2, date(2026, 11, 25)), "2026-11-20 09:00", ["2026-11-23 09:00", "2026-12-07 09:00"]),
        (Weekly((1,), 2, date(2026, 11, 16)), "2026-11-20 09:00", ["2026-11-30 09:00", "2026-12-14 09:00"]),
        (Weekly((1,), 3, date(2030, 1, 7)), "2026-11-20 09:00", ["2026-11-30 09:00", "2026-12-21 09:00"]),
        (MonthlyDate(31), "2027-01-31 09:00", ["2027-02-28 09:00", "2027-03-31 09:00", "2027-04-30 09:00"]),
        (MonthlyWeekday(1, 1), "2026-11-20 09:00", ["2026-12-07 09:00", "2027-01-04 09:00"]),
        (MonthlyWeekday(-1, 5), "2026-11-20 09:00", ["2026-11-27 09:00", "2027-01-29 09:00"]),
        (MonthlyWeekday(5, 1), "2026-11-20 09:00", ["2026-11-30 09:00", "2027-05-31 09:00"]),
        (MonthlyWorkingDay(1), "2026-12-31 09:00", ["2027-01-04 09:00", "2027-02-01 09:00"]),
        (MonthlyWorkingDay(-1), "2026-11-20 09:00", ["2026-11-30 09:00", "2026-12-31 09:00"]),
        (MonthlyWorkingDay(3), "2026-11-20 09:00", ["2026-12-03 09:00", "2027-01-06 09:00"]),
        (Yearly(2, 29), "2026-11-20 09:00", ["2027-02-28 09:00", "2028-02-29 09:00"]),
        (Once(date(2026, 12, 25)), "2026-11-20 09:00", ["2026-12-25 09:00"]),
        (Once(date(2026, 11, 20)), "2026-11-20 09:00", []),
    ],
)
def test_the_next_moments_of_each_rule(rule: Rule, after: str, expected: list[str]) -> None:
    assert expected == following(Rhythm(rule, NINE), after, max(len(expected), 1))


def test_several_times_a_day_come_in_order() -> None:
    rhythm = Rhythm(Daily(), (time(9), time(17)))

    assert following(rhythm, "2026-11-20 09:00") == ["2026-11-20 17:00", "2026-11-21 09:00", "2026-11-21 17:00"]


@pytest.mark.parametrize(
    ("rule", "closed", "expected"),
    [
        # Easter Monday is 6 April 2026; the Monday before it the 30th of March.
        (Weekly((1,)), Closed.SKIP, ["2026-03-30", "2026-04-13"]),
        (Weekly((1,)), Closed.BEFORE, ["2026-03-30", "2026-04-03"]),
        (Weekly((1,)), Closed.AFTER, ["2026-03-30", "2026-04-07"]),
        (Weekly((1,)), Closed.KEEP, ["2026-03-30", "2026-04-06"]),
        # 4 April 2026 is a Saturday: a date that has to be worked goes round the whole long week-end.
        (MonthlyDate(4), Closed.SKIP, ["2026-04-04", "2026-05-04"]),
        (MonthlyDate(4), Closed.BEFORE, ["2026-04-03", "2026-05-04"]),
        (MonthlyDate(4), Closed.AFTER, ["2026-04-07", "2026-05-04"]),
        (Yearly(4, 6), Closed.SKIP, ["2027-04-06", "2028-04-06"]),
        (Yearly(4, 6), Closed.AFTER, ["2026-04-07", "2027-04-06"]),
        (Once(date(2026, 4, 6)), Closed.SKIP, ["2026-04-06"]),
        (Once(date(2026, 4, 6)), Closed.AFTER, ["2026-04-07"]),
        # Two dates that a closed day would bring together are one occurrence.
        (Daily(), Closed.AFTER, ["2026-03-29", "2026-03-30"]),
    ],
)
def test_what_a_closed_day_does(rule: Rule, closed: Closed, expected: list[str]) -> None:
    found = following(Rhythm(rule, NINE, closed), "2026-03-28 09:00", 2)

    assert expected == [one[:10] for one in found]


def test_a_moved_date_never_doubles_the_next_one() -> None:
    found = following(Rhythm(Daily(), NINE, Closed.AFTER), "2026-04-05 09:00", 2)

    assert found == ["2026-04-07 09:00", "2026-04-08 09:00"]


def test_a_moved_date_before_the_asked_moment_is_still_found() -> None:
    """Friday 25 December moves to Monday 28: asked on Saturday, it is still to come."""
    rhythm = Rhythm(Weekly((5,)), NINE, Closed.AFTER)

    assert following(rhythm, "2026-12-26 12:00", 1) == ["2026-12-28 09:00"]


def test_a_named_saturday_takes_what_friday_lost_and_order_holds() -> None:
    rhythm = Rhythm(Weekly((5, 6)), NINE, Closed.AFTER)

    assert following(rhythm, "2026-12-24 12:00", 2) == ["2026-12-26 09:00", "2027-01-02 09:00"]


def test_a_rule_that_is_always_closed_ends() -> None:
    assert next_nominal(Rhythm(Yearly(1, 1), NINE), FRANCE, datetime(2026, 11, 20)) is None


def test_a_far_one_off_is_found() -> None:
    rhythm = Rhythm(Once(date(2060, 3, 2)), NINE)

    assert datetime(2060, 3, 2, 9) == next_nominal(rhythm, FRANCE, datetime(2026, 11, 20))


@settings(deadline=None)
@given(rhythms, calendars, st.datetimes(datetime(2020, 1, 1), datetime(2034, 1, 1)))
def test_moments_are_after_strictly_increasing_and_at_the_rhythm_s_times(
    rhythm: Rhythm, calendar: WorkCalendar, after: datetime
) -> None:
    found = list(islice(nominals(rhythm, calendar, after), 12))

    assert all(nominal > after for nominal in found)
    assert all(earlier < later for earlier, later in pairwise(found))
    assert {nominal.time() for nominal in found} <= set(rhythm.times)


@settings(deadline=None)
@given(rhythms, calendars, st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))
def test_asking_again_after_each_moment_gives_the_same_moments(
    rhythm: Rhythm, calendar: WorkCalendar, after: datetime
) -> None:
    """The engine asks one at a time, from wherever it was stopped: nothing may depend on where the walk began."""
    walked = list(islice(nominals(rhythm, calendar, after), 6))
    asked: list[datetime] = []
    moment = next_nominal(rhythm, calendar, after)
    while moment is not None and len(asked) < 6:
        asked.append(moment)
        moment = next_nominal(rhythm, calendar, moment)

    assert walked == asked


@settings(deadline=None)
@given(rhythms, st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))
def test_no_moved_or_skipped_moment_falls_on_a_holiday(rhythm: Rhythm, after: datetime) -> None:
    one_off = isinstance(rhythm.rule, Once)
    if rhythm.closed is Closed.KEEP or (one_off and rhythm.closed is Closed.SKIP):
        return
    assert not any(FRANCE.holiday(nominal.date()) for nominal in islice(nominals(rhythm, FRANCE, after), 8))


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (Bounds(start=date(2027, 1, 4)), ["2027-01-04", "2027-01-11", "2027-01-18"]),
        (Bounds(end=date(2026, 11, 30)), ["2026-11-23", "2026-11-30"]),
        (Bounds(start=date(2026, 11, 16), count=3), ["2026-11-23", "2026-11-30"]),
        (Bounds(months=(5, 9)), ["2027-05-03", "2027-05-10", "2027-05-17"]),
        (Bounds(months=(12, 1)), ["2026-12-07", "2026-12-14", "2026-12-21"]),
        (Bounds(start=date(2027, 2, 1), end=date(2027, 2, 8)), ["2027-02-01", "2027-02-08"]),
        (Bounds(end=date(2026, 11, 1)), []),
    ],
)
def test_bounds_limit_the_dates_of_a_rule(bounds: Bounds, expected: list[str]) -> None:
    mondays = Rhythm(Weekly((1,)), NINE, Closed.KEEP, bounds)

    assert expected == [nominal[:10] for nominal in following(mondays, "2026-11-20 09:00")]


def test_a_count_leaves_out_the_dates_that_a_closed_day_drops() -> None:
    christmas = Rhythm(Weekly((5,)), NINE, Closed.SKIP, Bounds(start=date(2026, 12, 18), count=2))

    assert following(christmas, "2026-12-01 09:00") == ["2026-12-18 09:00", "2027-01-08 09:00"]


@settings(deadline=None)
@given(rhythms, st.datetimes(datetime(2020, 1, 1), datetime(2034, 1, 1)))
def test_no_unmoved_moment_is_out_of_bounds(rhythm: Rhythm, after: datetime) -> None:
    bounds = rhythm.bounds
    kept = replace(rhythm, closed=Closed.KEEP)
    days = [nominal.date() for nominal in islice(nominals(kept, FRANCE, after), 12)]

    assert all((bounds.start or day) <= day <= (bounds.end or day) and bounds.in_season(day) for day in days)


@settings(deadline=None)
@given(rhythms, calendars)
def test_a_count_is_the_number_of_moments_at_most(rhythm: Rhythm, calendar: WorkCalendar) -> None:
    if rhythm.bounds.count is not None:
        assert len([*islice(nominals(rhythm, calendar, datetime(2000, 1, 1)), 40)]) <= rhythm.bounds.count


@settings(deadline=None)
@given(rhythms)
def test_the_storage_notation_keeps_everything(rhythm: Rhythm) -> None:
    assert rhythm == from_text(to_text(rhythm))


def test_the_storage_notation_is_stable() -> None:
    rhythm = Rhythm(Weekly((1, 3), 2, date(2026, 11, 23)), (time(8, 30), time(17)), Closed.AFTER)

    assert to_text(rhythm) == "weekly:1,3/2/2026-11-23@08:30,17:00!after"
    assert to_text(Rhythm(Daily(), NINE)) == "daily@09:00!skip"
    bounds = Bounds(date(2027, 1, 4), date(2027, 12, 31), 5, (5, 9))
    assert to_text(Rhythm(Daily(), NINE, bounds=bounds)) == (
        "daily@09:00!skip+from=2027-01-04+until=2027-12-31+times=5+months=5-9"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "daily",
        "daily@09:00",
        "daily:1@09:00!skip",
        "daily@25:00!skip",
        "daily@09:00!never",
        "daily@09:00,09:00!skip",
        "weekly@09:00!skip",
        "weekly:8@09:00!skip",
        "weekly:1/2@09:00!skip",
        "date:0@09:00!skip",
        "once:2026-02-30@09:00!skip",
        "once:2026-02-03@09:00!skip+until=2027-01-01",
        "daily@09:00!skip+times=3",
        "daily@09:00!skip+until=2027-02-30",
        "daily@09:00!skip+months=0-3",
        "daily@09:00!skip+months=3-4+months=3-4",
        "daily@09:00!skip+from=2027-02-02+until=2027-01-01",
    ],
)
def test_any_other_notation_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        from_text(text)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Weekly(()),
        lambda: Weekly((2, 1)),
        lambda: Weekly((0,)),
        lambda: Weekly((1,), 0),
        lambda: Weekly((1,), 2),
        lambda: Weekly((1,), 53, date(2026, 1, 1)),
        lambda: MonthlyDate(0),
        lambda: MonthlyDate(32),
        lambda: MonthlyWeekday(0, 1),
        lambda: MonthlyWeekday(6, 1),
        lambda: MonthlyWeekday(1, 8),
        lambda: MonthlyWorkingDay(0),
        lambda: MonthlyWorkingDay(-2),
        lambda: Yearly(2, 30),
        lambda: Yearly(13, 1),
        lambda: Rhythm(Daily(), ()),
        lambda: Rhythm(Daily(), (time(17), time(9))),
        lambda: Rhythm(Daily(), (time(9), time(9))),
        lambda: Rhythm(Daily(), (time(9, 0, 1),)),
        lambda: Rhythm(Daily(), (time(9, fold=1),)),
    ],
)
def test_bad_values_are_refused_at_birth(build) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with pytest.raises(ValueError):
        build()


def test_a_rule_of_every_n_weeks_knows_its_weeks() -> None:
    rule = Weekly((2,), 2, date(2026, 11, 26))

    assert date(2026, 11, 24) == rule.first()
    assert [rule.in_turn(date(2026, 11, 23) + timedelta(weeks=n)) for n in range(3)] == [True, False, True]
    with pytest.raises(ValueError, match="no first date"):
        Weekly((2,)).first()
