"""Read the place and hours of a team as people write them: cities, countries, weekdays, hours."""

from __future__ import annotations

import re
import zoneinfo
from datetime import time
from functools import cache
from typing import TYPE_CHECKING

from bot.civil import local
from bot.grammar.spelling import fold
from bot.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.i18n import Language

_HOUR = r"(\d{1,2})\s*(?:h|:)?\s*([0-5]\d)?\s*([ap]m)?"
HOURS = re.compile(rf"\b(?:de\s+|from\s+)?{_HOUR}\s*(?:-|–|—|\bà\b|\bto\b)\s*{_HOUR}(?!\w)\s*h?", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+|[-–—]")
_WEEKDAYS = (
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "monday tuesday wednesday thursday friday saturday sunday",
)
_RANGE = {"-", "–", "—", "au", "à", "a", "to", "until"}
_SMALL = {"du", "le", "les", "et", "and", "from", "on", "de"}
_EVERY_DAY = {"tous les jours", "every day", "7 jours sur 7", "7j 7"}
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_CITIES: Mapping[tuple[str, Language], str] = {("America/Montreal", "fr"): "Montréal"}
"""Cities whose name in a language is not their zone's, and that CLDR leaves out."""
_SHORTEST = 3
_NOON = 12


def zone_named(typed: str) -> str | None:
    """The IANA name that is meant: the name itself, or its city in French or in English."""
    return _zones().get(fold(typed))


def zones_named(typed: str) -> list[str]:
    """The zones of which a name begins with what was typed, nearest first."""
    start = fold(typed)
    spellings = sorted((name for name in _zones() if name.startswith(start)), key=lambda name: (len(name), name))
    return list(dict.fromkeys(_zones()[name] for name in spellings))


@cache
def _zones() -> Mapping[str, str]:
    from babel import Locale

    names = sorted(name for name in zoneinfo.available_timezones() if name.split("/")[0] in _REGIONS)
    zones: dict[str, str] = {}
    for name in names:
        for spelt in (name, name.rpartition("/")[2]):
            zones.setdefault(fold(spelt), name)
    for language in LANGUAGES:
        for name, about in Locale(language).time_zones.items():
            if name in names and isinstance(city := about.get("city"), str):
                zones.setdefault(fold(city), name)
    return zones


def city(zone: str, language: Language) -> str:
    """The city by which a zone is called in a language."""
    from babel import Locale

    name = _CITIES.get((zone, language)) or Locale(language).time_zones.get(zone, {}).get("city")
    return name if isinstance(name, str) else zone.rpartition("/")[2].replace("_", " ")


def on_clock(moment: str, clock: ZoneInfo, clocks: Iterable[ZoneInfo], at: datetime, language: Language) -> str:
    """A moment said on one clock: with its city, where one of the others reads another time at that instant."""
    same = all(local(at, other) == local(at, clock) for other in clocks)
    return moment if same else f"{moment} ({city(clock.key, language)})"


def country_named(typed: str) -> str | None:
    """The ISO code of a country, from its code or its name in French or in English."""
    return _countries().get(fold(typed))


@cache
def _countries() -> Mapping[str, str]:
    from babel import Locale

    codes = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():  # noqa: PLR2004  # ISO 3166-1 alpha-2; the others are continents
                codes[fold(name)] = codes[fold(code)] = code
    return codes


def country(code: str, language: Language) -> str:
    """The name of a country in a language."""
    from babel import Locale

    return str(Locale(language).territories.get(code, code))


def hours_in(typed: str) -> tuple[tuple[time, time] | None, str]:
    """The opening hours in a text (None: no such hours), and the text without them."""
    match = HOURS.search(typed)
    if match is None:
        return None, typed
    opens, closes = _time(match.groups()[:3]), _time(match.groups()[3:])
    rest = f"{typed[: match.start()]} {typed[match.end() :]}".strip()
    return ((opens, closes) if opens and closes else None), rest


def _time(groups: tuple[str | None, ...]) -> time | None:
    hour, minute, half = int(groups[0] or 99), int(groups[1] or 0), (groups[2] or "").lower()
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    return time(hour, minute) if hour < 24 else None  # noqa: PLR2004  # hours of a day


def weekdays(typed: str) -> tuple[int, ...] | None:
    """ISO weekdays from « lundi–vendredi » or « lundi, mardi et jeudi »; None when it is neither."""
    if fold(typed) in _EVERY_DAY:
        return (1, 2, 3, 4, 5, 6, 7)
    days: list[int] = []
    through = False
    for word in _WORDS.findall(typed.casefold()):
        day = _weekday(word)
        if day is None and word not in _RANGE | _SMALL:
            return None
        if day is not None:
            days += _between(days[-1], day) if through and days else [day]
        through = word in _RANGE
    return tuple(sorted(set(days))) or None


def _weekday(word: str) -> int | None:
    if len(word) < _SHORTEST:
        return None
    for names in _WEEKDAYS:
        for number, name in enumerate(names.split(), 1):
            if name.startswith(word) or word == f"{name}s":
                return number
    return None


def _between(first: int, last: int) -> list[int]:
    """The days after the first up to the last, over the week-end if it comes to that."""
    return [(first + step - 1) % 7 + 1 for step in range(1, (last - first) % 7 + 1)]
