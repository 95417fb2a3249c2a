"""Time zones: the packaged tzdata, a fingerprint per zone, and the schedules to recompute when its rules change.

Python reads the host's tzdata before the wheel, and hosts lag behind: see docs/adr/0007-nominal-local-time.md.
"""

from __future__ import annotations

import hashlib
import struct
import zoneinfo
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata, resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.civil import instant
from bot.errors import RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.engine.schedule import Schedule

_HEADER = struct.Struct(">4sc15x6l")
_MAGIC = b"TZif"
_LEAST_LIKENESS = 75


def use_packaged_tzdata() -> None:
    """Read zones from the tzdata wheel only, not from the host. Call once, before any zone is loaded."""
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()
    fingerprint.cache_clear()


def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name. Raises RefusalError, with the nearest existing name, for an unknown one."""
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RefusalError("zone.unknown", name=name, near=_find_nearest_zone(name)) from error


@cache
def tzdata_version() -> str:
    """Return the version of the tzdata wheel, such as "2026.6"."""
    return metadata.version("tzdata")


def refuses(stored: str | None, own: str) -> bool:
    """Return True when a process with tzdata `own` must not tick on a database that recorded a newer one."""
    return stored is not None and _parse_version(own) < _parse_version(stored)


@lru_cache(maxsize=1024)
def fingerprint(name: str) -> str:
    """Return a stable hash of the zone's rules in the tzdata wheel. Raises RefusalError for an unknown zone."""
    zone(name)
    return fingerprint_of(resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes())


def fingerprint_of(tzif: bytes) -> str:
    """Hash the offsets of a TZif file (RFC 9636): its changes of offset and its footer, not its names."""
    meaning = repr(_read_offset_changes(tzif)).encode()
    return hashlib.sha256(meaning).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Rederived:
    """The result of :func:`rederive`: the schedules to write, and those of them whose instant moved.

    `written` carry the new fingerprint, and the new instant where it changed; `moved` pairs (before, after), for the
    audit.
    """

    written: tuple[Schedule, ...]
    moved: tuple[tuple[Schedule, Schedule], ...]


def rederive(
    schedules: Iterable[Schedule],
    mark: Callable[[str], str] = fingerprint,
    find: Callable[[str], ZoneInfo] = zone,
) -> Rederived:
    """Recompute the instant of each schedule whose zone no longer has the fingerprint stored with it.

    The nominal local moment stays; only its instant can move. Pure: no reads, no writes.
    `mark` and `find` give the fingerprint and the rules of a zone.
    """
    stale = [schedule for schedule in schedules if schedule.fingerprint != mark(schedule.zone)]
    pairs = [(old, _recompute_instant(old, mark(old.zone), find(old.zone))) for old in stale]
    moved = tuple(pair for pair in pairs if pair[0].next_fire_at != pair[1].next_fire_at)
    return Rederived(tuple(new for _, new in pairs), moved)


def _recompute_instant(schedule: Schedule, mark: str, rules: ZoneInfo) -> Schedule:
    at: datetime | None = schedule.nominal_next and instant(schedule.nominal_next, rules)
    return schedule._replace(fingerprint=mark, next_fire_at=at)


def _parse_version(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _find_nearest_zone(name: str) -> str:
    """Find the nearest zone by its city, then by its whole name, never by a part of it."""
    from rapidfuzz import fuzz, process, utils

    names = {name: name for name in sorted(zoneinfo.available_timezones())}
    cities = {name: name.rpartition("/")[2] for name in names}
    typed = name[:80]
    for text, candidates in ((typed.rpartition("/")[2], cities), (typed, names)):
        match = process.extractOne(
            text, candidates, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_LEAST_LIKENESS
        )
        if match:
            return str(match[2])
    return "Europe/Paris"


def _read_offset_changes(tzif: bytes) -> tuple[list[tuple[int, int]], bytes]:
    """Read the changes of offset, as (seconds since 1970, seconds east of UTC), and the footer's rule after them.

    The second, 64-bit block is read; the first one is skipped. Changes of name or of the daylight flag alone are not.
    """
    first = _read_counts(tzif, 0)
    start = _HEADER.size + _measure_data(first, 4)
    counts = _read_counts(tzif, start)
    body = start + _HEADER.size
    times = struct.unpack_from(f">{counts[3]}q", tzif, body)
    kinds = struct.unpack_from(f">{counts[3]}B", tzif, body + 8 * counts[3])
    offsets = [record[0] for record in struct.iter_unpack(">lBB", _slice_types(tzif, body, counts))]
    changes, current = [], offsets[0]
    for at, kind in zip(times, kinds, strict=True):
        if offsets[kind] != current:
            current = offsets[kind]
            changes.append((at, current))
    return changes, tzif[body + _measure_data(counts, 8) :].strip(b"\n")


def _slice_types(tzif: bytes, body: int, counts: tuple[int, ...]) -> bytes:
    start = body + 9 * counts[3]
    return tzif[start : start + 6 * counts[4]]


def _read_counts(tzif: bytes, start: int) -> tuple[int, ...]:
    """Read the six counts of a header: isut, isstd, leap, time, type, char."""
    magic, version, *counts = _HEADER.unpack_from(tzif, start)
    if magic != _MAGIC or version < b"2":
        raise ValueError("not a TZif file of version 2 or later")
    return tuple(counts)


def _measure_data(counts: tuple[int, ...], width: int) -> int:
    isut, isstd, leap, times, types, chars = counts
    return times * (width + 1) + types * 6 + chars + leap * (width + 4) + isstd + isut
