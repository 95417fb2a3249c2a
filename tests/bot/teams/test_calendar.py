from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import RefusalError
from bot.teams.calendar import WorkCalendar, check_place, easter

if TYPE_CHECKING:
    from collections.abc import Callable

    Law = Callable[[int], set[date]]

DAY = timedelta(days=1)
YEARS = range(2026, 2036)
ISO_WEEK = (1, 2, 3, 4, 5)


def gauss_easter(year: int) -> date:
    """Gauss's own way, with his two exceptions: nothing in common with the product's."""
    a, b, c = year % 19, year % 4, year % 7
    k = year // 100
    m = (15 - (13 + 8 * k) // 25 + k - k // 4) % 30
    n = (4 + k - k // 4) % 7
    d = (19 * a + m) % 30
    e = (2 * b + 4 * c + 6 * d + n) % 7
    late = d + e
    if (d, e) == (29, 6) or (d == 28 and e == 6 and (11 * m + 11) % 30 < 19):
        late -= 7
    return date(year, 3, 22) + late * DAY


def nth(year: int, month: int, rank: int, weekday: int) -> date:
    days = [date(year, month, number) for number in range(1, 29)]
    return [day for day in days if day.isoweekday() == weekday][rank - 1]


def france(year: int) -> set[date]:
    sunday = gauss_easter(year)
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    return {date(year, *one) for one in fixed} | {sunday + DAY, sunday + 39 * DAY, sunday + 50 * DAY}


def alsace_moselle(year: int) -> set[date]:
    return france(year) | {gauss_easter(year) - 2 * DAY, date(year, 12, 26)}


def belgium(year: int) -> set[date]:
    sunday = gauss_easter(year)
    fixed = {(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)}
    moving = {sunday, sunday + DAY, sunday + 39 * DAY, sunday + 49 * DAY, sunday + 50 * DAY}
    return {date(year, *one) for one in fixed} | moving


def geneva(year: int) -> set[date]:
    sunday = gauss_easter(year)
    fixed = {(1, 1), (8, 1), (12, 25), (12, 31)}
    fast = nth(year, 9, 1, 7) + 4 * DAY  # the Thursday after September's first Sunday
    moving = {sunday - 2 * DAY, sunday + DAY, sunday + 39 * DAY, sunday + 50 * DAY, fast}
    return {date(year, *one) for one in fixed} | moving


def quebec(year: int) -> set[date]:
    """Loi sur les normes du travail, art. 60 (Good Friday chosen), and Loi sur la fête nationale, art. 2."""
    patriots = max(day for day in (date(year, 5, number) for number in range(18, 25)) if day.isoweekday() == 1)
    summer = {date(year, 6, 24), date(year, 7, 1)}
    moved = {day + DAY for day in summer if day.isoweekday() == 7}
    others = {gauss_easter(year) - 2 * DAY, patriots, nth(year, 9, 1, 1), nth(year, 10, 2, 1)}
    return {date(year, 1, 1), date(year, 12, 25)} | summer | moved | others


PLACES = [
    pytest.param("FR", None, france, id="FR"),
    pytest.param("FR", "Alsace-Moselle", alsace_moselle, id="FR-Alsace-Moselle"),
    pytest.param("FR", "57", alsace_moselle, id="FR-57"),
    pytest.param("BE", None, belgium, id="BE"),
    pytest.param("CH", "GE", geneva, id="CH-GE"),
    pytest.param("CA", "QC", quebec, id="CA-QC"),
]


def working_days(year: int, month: int, closed: set[date]) -> list[date]:
    first = date(year, month, 1)
    days = [first + number * DAY for number in range(31)]
    return [day for day in days if day.month == month and day.isoweekday() in ISO_WEEK and day not in closed]


@pytest.mark.parametrize(("country", "subdivision", "law"), PLACES)
def test_the_holidays_of_ten_years_are_those_of_the_law(country: str, subdivision: str | None, law: Law) -> None:
    calendar = WorkCalendar(country, subdivision)

    for year in YEARS:
        days = (date(year, 1, 1) + number * DAY for number in range(366))
        found = {day for day in days if day.year == year and calendar.holiday(day)}
        assert law(year) == found


@pytest.mark.parametrize(("country", "subdivision", "law"), PLACES)
def test_first_third_and_last_working_days_of_120_months(country: str, subdivision: str | None, law: Law) -> None:
    calendar = WorkCalendar(country, subdivision)

    for year in YEARS:
        closed = law(year)
        for month in range(1, 13):
            expected = working_days(year, month, closed)
            found = [calendar.nth_working(year, month, rank) for rank in (1, 3, -1)]
            assert [expected[0], expected[2], expected[-1]] == found


def test_both_easters_agree_over_four_centuries() -> None:
    assert [gauss_easter(year) for year in range(1800, 2200)] == [easter(year) for year in range(1800, 2200)]


def test_whit_monday_is_the_team_s_choice_in_france_only() -> None:
    whit_monday = date(2026, 5, 25)

    assert not WorkCalendar().is_working(whit_monday)
    assert WorkCalendar(whit_monday=False).is_working(whit_monday)
    assert not WorkCalendar("BE", whit_monday=False).is_working(whit_monday)
    assert WorkCalendar(whit_monday=False).holiday_name(whit_monday, "fr") is None
    assert not WorkCalendar(whit_monday=False).is_working(date(2026, 4, 6))  # Easter Monday stays closed


def test_an_own_closure_on_an_open_whit_monday_still_closes() -> None:
    assert WorkCalendar(closures=frozenset({date(2026, 5, 25)}), whit_monday=False).holiday(date(2026, 5, 25))


@pytest.mark.parametrize(
    ("calendar", "day", "french", "english"),
    [
        (WorkCalendar(), date(2026, 7, 14), "Fête nationale", "National Day"),
        (WorkCalendar("CA", "QC"), date(2026, 9, 7), "Fête du Travail", "Labour Day"),
        (WorkCalendar("CH", "GE"), date(2026, 8, 1), "Fête nationale", "National Day"),
        (WorkCalendar(), date(2026, 7, 15), None, None),
    ],
)
def test_holidays_have_names_in_both_languages(
    calendar: WorkCalendar, day: date, french: str | None, english: str | None
) -> None:
    assert french == calendar.holiday_name(day, "fr")
    assert english == calendar.holiday_name(day, "en")


def test_a_closed_month_defers_its_working_days_to_the_first_one_after_it() -> None:
    august = frozenset(date(2026, 8, number) for number in range(1, 32))

    assert date(2026, 9, 1) == WorkCalendar(closures=august).nth_working(2026, 8, 1)
    assert date(2026, 9, 1) == WorkCalendar(closures=august).nth_working(2026, 8, -1)


def test_a_month_with_fewer_working_days_gives_the_last_one() -> None:
    assert date(2026, 11, 30) == WorkCalendar().nth_working(2026, 11, 31)


def test_a_team_s_own_week_is_followed() -> None:
    tuesday_to_saturday = WorkCalendar(days=(2, 3, 4, 5, 6))

    assert date(2026, 11, 24) == tuesday_to_saturday.next_working(date(2026, 11, 21))
    assert date(2026, 11, 21) == tuesday_to_saturday.previous_working(date(2026, 11, 24))


@pytest.mark.parametrize("days", [(), (0,), (8,), (1, 1)])
def test_impossible_weeks_are_refused(days: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ISO weekdays"):
        WorkCalendar(days=days)


def test_rank_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="nth"):
        WorkCalendar().nth_working(2026, 1, 0)


@pytest.mark.parametrize(
    ("country", "subdivision", "key"),
    [("XX", None, "calendar.country_unknown"), ("FR", "ZZ", "calendar.subdivision_unknown")],
)
def test_an_unknown_place_is_refused_with_what_to_type(country: str, subdivision: str | None, key: str) -> None:
    with pytest.raises(RefusalError) as refusal:
        check_place(country, subdivision)

    assert key == refusal.value.key
    check_place("CH", "GE")
