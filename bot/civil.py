"""Conversions between the wall clock of a zone and UTC. Nominal local moments are naive; instants are aware, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@lru_cache(maxsize=8192)
def instant(nominal: datetime, zone: ZoneInfo) -> datetime:
    """Convert a naive local moment to UTC: its first occurrence, or the first instant after a gap."""
    local_time = nominal.replace(tzinfo=zone, fold=0)
    result = local_time.astimezone(UTC)
    if result.astimezone(zone).replace(tzinfo=None) == nominal:
        return result
    return _find_end_of_gap(local_time, zone)


@lru_cache(maxsize=8192)
def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Convert an aware instant to the naive wall-clock time of a zone."""
    return instant.astimezone(zone).replace(tzinfo=None)


def _find_end_of_gap(local_time: datetime, zone: ZoneInfo) -> datetime:
    # Read with the offset after the change, a moment of the gap lies before it; read with the offset before, after it.
    # Whole seconds, because that is what TZif counts in.
    low, high = local_time.replace(fold=1).astimezone(UTC), local_time.astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    while (span := (high - low) // timedelta(seconds=1)) > 1:
        middle = low + timedelta(seconds=span // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
