"""Times that are said on the clock of another place: "15:00 UTC", "15h heure de Montréal", "3pm New York time"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOURS: Mapping[str, int] = {
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
    "BST": 1,
}
"""Offsets of the abbreviations that people write, in capitals: an offset is meant, whatever the season."""
_SHORT = re.compile(rf"^(.*\d.*)\s(?:\(?({'|'.join(_HOURS)})\)?)$", re.DOTALL)
_NAMED = re.compile(
    r"^(.*\d.*?),?\s(?:\(?heure\s+(?:de\s+|d[’'])(.+?)\)?|\(?([^\d,]+?)\s+time\)?)$", re.IGNORECASE | re.DOTALL
)


def split_zone(text: str) -> tuple[str, ZoneInfo | None]:
    """Split a text into the time and the zone of the place that it names at its end; None when it names none."""
    short = _SHORT.match(text)
    if short is not None:
        return short[1], _fixed(_HOURS[short[2]])
    named = _NAMED.match(text)
    if named is None:
        return text, None
    from bot.grammar.cities import city_named
    from bot.grammar.places import zone_named

    place = (named[2] or named[3]).strip()
    city = city_named(place) if named[2] else None  # "3pm show time" is no city of Asia
    name = zone_named(place) or (city.zone if city else None)
    return (named[1], ZoneInfo(name)) if name else (text, None)


def _fixed(hours: int) -> ZoneInfo:
    """Return the zone of a fixed offset from UTC; the database names them with the sign turned round."""
    return ZoneInfo("Etc/UTC" if hours == 0 else f"Etc/GMT{-hours:+d}")
