"""Cities, countries, weekdays and hours as people write them."""

from __future__ import annotations

import zoneinfo
from datetime import time

import pytest

from bot.grammar.cities import _cities, city_named
from bot.grammar.places import city, country, country_named, hours_in, weekdays, zone_named


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("Montréal", "America/Montreal"),
        ("Londres", "Europe/London"),
        ("Bruxelles", "Europe/Brussels"),
        ("New York", "America/New_York"),
    ],
)
def test_a_zone_is_found_by_its_name_or_its_city(typed: str, zone: str) -> None:
    assert zone_named(typed) == zone


def test_an_unknown_city_is_no_zone() -> None:
    assert zone_named("Trifouilly") is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [("Belgique", "BE"), ("belgium", "BE"), ("CA", "CA"), ("États-Unis", "US"), ("Suisse", "CH"), ("Atlantide", None)],
)
def test_a_country_is_found_by_its_name_or_its_code(typed: str, code: str | None) -> None:
    assert country_named(typed) == code


def test_a_country_and_a_city_are_said_in_the_reader_s_language() -> None:
    assert (country("CH", "fr"), country("CH", "en")) == ("Suisse", "Switzerland")
    assert (city("Europe/London", "fr"), city("Europe/Paris", "en")) == ("Londres", "Paris")
    assert (city("America/Montreal", "fr"), city("America/Montreal", "en")) == ("Montréal", "Montreal")


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("lundi-vendredi", (1, 2, 3, 4, 5)),
        ("du lundi au jeudi", (1, 2, 3, 4)),
        ("lundi, mardi et vendredi", (1, 2, 5)),
        ("Mon–Fri", (1, 2, 3, 4, 5)),
        ("Sunday to Thursday", (1, 2, 3, 4, 7)),
        ("tous les jours", (1, 2, 3, 4, 5, 6, 7)),
        ("lundi et plouf", None),
        ("", None),
    ],
)
def test_weekdays_are_a_list_or_a_range(typed: str, days: tuple[int, ...] | None) -> None:
    assert weekdays(typed) == days


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("9h-17h30", (time(9), time(17, 30))),
        ("9 h–18 h", (time(9), time(18))),
        ("de 8h30 à 17h", (time(8, 30), time(17))),
        ("9am-6pm", (time(9), time(18))),
        ("9:00 to 17:30", (time(9), time(17, 30))),
        ("9h-25h", None),
        ("tard", None),
    ],
)
def test_hours_are_read_from_to(typed: str, hours: tuple[time, time] | None) -> None:
    assert hours_in(typed)[0] == hours


@pytest.mark.parametrize(
    ("typed", "zone", "country"),
    [
        ("Lyon", "Europe/Paris", "FR"),
        ("lille", "Europe/Paris", "FR"),
        ("Genève", "Europe/Zurich", "CH"),
        ("Geneva", "Europe/Zurich", "CH"),
        ("Québec", "America/Toronto", "CA"),
        ("Liège", "Europe/Brussels", "BE"),
        ("Bruxelles", "Europe/Brussels", "BE"),
        ("Abidjan", "Africa/Abidjan", "CI"),
        ("London", "Europe/London", "GB"),
        ("Saint-Étienne", "Europe/Paris", "FR"),
        ("St. Louis", "America/Chicago", "US"),
    ],
)
def test_a_city_of_the_world_has_its_zone_and_its_country(typed: str, zone: str, country: str) -> None:
    assert city_named(typed) == (zone, country)


def test_every_city_is_in_a_zone_that_exists() -> None:
    assert {city.zone for city in _cities().values()} <= zoneinfo.available_timezones()
