"""Between the wall clock of a zone and UTC. Nominal local moments are naive; instants are aware and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@lru_cache(maxsize=8192)
def instant(nominal: datetime, zone: ZoneInfo) -> datetime:
    """When a naive local moment is, in UTC: the first time that it comes, or the first instant after a gap."""
    there = nominal.replace(tzinfo=zone, fold=0)
    found = there.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == nominal:
        return found
    return _end_of_gap(there, zone)


@lru_cache(maxsize=8192)
def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """The naive wall-clock time of an aware instant."""
    return instant.astimezone(zone).replace(tzinfo=None)


def _end_of_gap(there: datetime, zone: ZoneInfo) -> datetime:
    # Read with the offset after the change, a moment of the gap lies before it; read with the offset before, after it.
    # Whole seconds, because that is what TZif counts in.
    low, high = there.replace(fold=1).astimezone(UTC), there.astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    while (span := (high - low) // timedelta(seconds=1)) > 1:
        middle = low + timedelta(seconds=span // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
