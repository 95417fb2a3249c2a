"""Cities of the world by name, with their zone and country: GeoNames (CC BY 4.0), written by tools/cities.py."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from bot.grammar.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Mapping


class City(NamedTuple):
    """The IANA zone of a city and the ISO code of its country."""

    zone: str
    country: str


def city_named(typed: str) -> City | None:
    """Find a city of more than 15,000 people by its name; the largest of those that share it."""
    return _cities().get(fold(typed).replace(".", ""))


@cache
def _cities() -> Mapping[str, City]:
    """Read the table: 0.1 s, at the first city that is no zone's."""
    table = gzip.decompress((files("bot.grammar") / "cities.tsv.gz").read_bytes()).decode()
    cities: dict[str, City] = {}
    for line in table.splitlines():
        zone, country, names = line.split("\t")
        cities.update(dict.fromkeys(names.split("|"), City(zone, country)))
    return cities
