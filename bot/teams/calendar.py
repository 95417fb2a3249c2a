"""The working days of a team: its week, the public holidays of its place, and its own closures.

Public holidays come from the `holidays` package, by country AND subdivision (Switzerland has four without a canton,
Geneva nine), imported at first use because it costs 0.1 s. A date is a civil date of the team; no zone here.
"""

from __future__ import annotations

import calendar as civil
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.errors import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holidays import HolidayBase

DAY = timedelta(days=1)
WEEKDAYS = (1, 2, 3, 4, 5)
WEEK = range(1, 8)
"""ISO weekdays: 1 is Monday, 7 is Sunday."""
LAST = -1
_ANY_YEAR = 2026

# Names that people use and that the package no longer takes: both departments and Moselle share one list of dates.
_ALIASES = MappingProxyType({("FR", "ALSACE-MOSELLE"): "57"})

# The package closes the Monday after a Christmas or a New Year's Day of the week-end throughout Canada. Québec's law
# moves only 24 June and 1 July (Loi sur les normes du travail, art. 60; Loi sur la fête nationale, art. 2).
_NOT_HOLIDAYS = MappingProxyType({("CA", "QC"): frozenset({(1, 2), (1, 3), (12, 26), (12, 27)})})


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of a team: ISO weekdays, public holidays of a place, own closures.

    `country` is ISO 3166-1 alpha-2, `subdivision` ISO 3166-2 without the country ("57", "GE", "QC"). `whit_monday` says
    whether Whit Monday is closed; it concerns France only, where each company chooses. An unknown place raises
    RefusalError at first use (see :func:`check_place` to ask at once).
    """

    country: str = "FR"
    subdivision: str | None = None
    days: tuple[int, ...] = WEEKDAYS
    closures: frozenset[date] = field(default_factory=frozenset)
    whit_monday: bool = True

    def __post_init__(self) -> None:
        if not self.days or not set(self.days) <= set(WEEK) or len(set(self.days)) != len(self.days):
            raise ValueError(f"working days are distinct ISO weekdays, at least one: {self.days}")

    def is_working(self, day: date) -> bool:
        """Return whether the team works on a day."""
        return day.isoweekday() in self.days and not self.holiday(day)

    def holiday(self, day: date) -> bool:
        """Return whether a day is a public holiday or an own closure, on any weekday."""
        if day in self.closures:
            return True
        if day not in _load_holidays(self.country, self.subdivision, day.year, None):
            return False
        return not self._is_open_whit_monday(day)

    def holiday_name(self, day: date, language: str) -> str | None:
        """Return the public holiday's name in "fr" or "en" (the country's own language otherwise), or None."""
        if self._is_open_whit_monday(day):
            return None
        return _load_holidays(self.country, self.subdivision, day.year, language).get(day)

    def next_working(self, day: date) -> date:
        """Return the first working day strictly after a day."""
        return self._step_to_working(day, DAY)

    def previous_working(self, day: date) -> date:
        """Return the last working day strictly before a day."""
        return self._step_to_working(day, -DAY)

    def nth_working(self, year: int, month: int, nth: int) -> date:
        """Return the nth (1…, or -1 for the last) working day of a month; the last one if the month has fewer.

        A month with no working day at all (a summer closure) returns the first working day after it.
        """
        if nth < 1 and nth != LAST:
            raise ValueError(f"nth is 1 or more, or -1: {nth}")
        last = date(year, month, civil.monthrange(year, month)[1])
        working_day = (
            self._find_last_working(last) if nth == LAST else self._find_nth_working(date(year, month, 1), last, nth)
        )
        return working_day or self.next_working(last)

    def _find_last_working(self, last: date) -> date | None:
        day = last if self.is_working(last) else self.previous_working(last)
        return day if day.month == last.month else None

    def _find_nth_working(self, first: date, last: date, nth: int) -> date | None:
        working_day, remaining, day = None, nth, first
        while remaining and day <= last:
            if self.is_working(day):
                working_day, remaining = day, remaining - 1
            day += DAY
        return working_day

    def _step_to_working(self, day: date, step: timedelta) -> date:
        day += step
        while not self.is_working(day):
            day += step
        return day

    def _is_open_whit_monday(self, day: date) -> bool:
        return not self.whit_monday and self.country == "FR" and day == easter(day.year) + timedelta(days=50)


def easter(year: int) -> date:
    """Compute the Gregorian Easter Sunday (Meeus, Jones and Butcher: Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    epact = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def check_place(country: str, subdivision: str | None) -> None:
    """Raise RefusalError for a country or a subdivision without known holidays."""
    _load_holidays(country, subdivision, _ANY_YEAR, None)


@lru_cache(maxsize=1024)
def _load_holidays(country: str, subdivision: str | None, year: int, language: str | None) -> Mapping[date, str]:
    """Load the holidays of a place and a year, by date, named in `language` ("fr", "en"; None: the country's own)."""
    table = _build_table(country, _ALIASES.get((country, (subdivision or "").upper()), subdivision), year)
    spoken = next((spelt for spelt in table.supported_languages if language and spelt.startswith(language)), None)
    if spoken is not None:
        table = type(table)(subdiv=table.subdiv, years=year, language=spoken)
    wrong = _NOT_HOLIDAYS.get((country, subdivision or ""), frozenset())
    return MappingProxyType({day: name for day, name in table.items() if (day.month, day.day) not in wrong})


def _build_table(country: str, subdivision: str | None, year: int) -> HolidayBase:
    import holidays

    try:
        return holidays.country_holidays(country, subdiv=subdivision, years=year)
    except NotImplementedError as error:
        if country not in holidays.list_supported_countries():
            raise RefusalError("calendar.country_unknown", country=country) from error
        raise RefusalError("calendar.subdivision_unknown", country=country, subdivision=subdivision) from error
