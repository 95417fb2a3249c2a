"""What a time zone means: the tzdata that we ship, a fingerprint per zone, and what to redo when its rules change.

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
_NEAR = 75


def use_packaged_tzdata() -> None:
    """Read the tzdata wheel alone from now on, whatever the host has. Call it once, before any zone is loaded."""
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()
    fingerprint.cache_clear()


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; RefusalError, with the nearest name that exists, when there is none."""
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RefusalError("zone.unknown", name=name, near=_near(name)) from error


@cache
def tzdata_version() -> str:
    """The version of the tzdata wheel, such as "2026.6"."""
    return metadata.version("tzdata")


def refuses(stored: str | None, own: str) -> bool:
    """True when a process with tzdata `own` must not tick on a database that recorded a newer one."""
    return stored is not None and _numbers(own) < _numbers(stored)


@lru_cache(maxsize=1024)
def fingerprint(name: str) -> str:
    """A stable hash of what the zone means in the tzdata wheel; RefusalError when there is no such zone."""
    zone(name)
    return fingerprint_of(resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes())


def fingerprint_of(tzif: bytes) -> str:
    """A hash of what a TZif file (RFC 9636) says of offsets: its changes of offset and its footer, not its names."""
    meaning = repr(_meaning(tzif)).encode()
    return hashlib.sha256(meaning).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Rederived:
    """What new rules make of stored schedules: all those to write, and of these the ones whose instant moved.

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
    """Compute again the instant of each schedule whose zone no longer has the fingerprint that it was stored with.

    The nominal local moment stands; only the instant that it names can move. Pure: nothing is read or written.
    `mark` and `find` give the fingerprint and the rules of a zone.
    """
    stale = [schedule for schedule in schedules if schedule.fingerprint != mark(schedule.zone)]
    pairs = [(old, _with_instant(old, mark(old.zone), find(old.zone))) for old in stale]
    moved = tuple(pair for pair in pairs if pair[0].next_fire_at != pair[1].next_fire_at)
    return Rederived(tuple(new for _, new in pairs), moved)


def _with_instant(schedule: Schedule, mark: str, rules: ZoneInfo) -> Schedule:
    at: datetime | None = schedule.nominal_next and instant(schedule.nominal_next, rules)
    return schedule._replace(fingerprint=mark, next_fire_at=at)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _near(name: str) -> str:
    """By its city, then as a whole; a likeness of mere parts (« Mars » in « Dar es Salaam ») helps nobody."""
    from rapidfuzz import fuzz, process, utils

    names = {one: one for one in sorted(zoneinfo.available_timezones())}
    cities = {one: one.rpartition("/")[2] for one in names}
    typed = name[:80]
    for wanted, known in ((typed.rpartition("/")[2], cities), (typed, names)):
        found = process.extractOne(
            wanted, known, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR
        )
        if found:
            return str(found[2])
    return "Europe/Paris"


def _meaning(tzif: bytes) -> tuple[list[tuple[int, int]], bytes]:
    """The changes of offset, as (seconds since 1970, seconds east of UTC), and the rule that goes on after them.

    The second, 64-bit block is read; the first one is skipped. Changes of name or of the daylight flag alone are not.
    """
    first = _counts(tzif, 0)
    start = _HEADER.size + _length(first, 4)
    counts = _counts(tzif, start)
    body = start + _HEADER.size
    times = struct.unpack_from(f">{counts[3]}q", tzif, body)
    kinds = struct.unpack_from(f">{counts[3]}B", tzif, body + 8 * counts[3])
    offsets = [found[0] for found in struct.iter_unpack(">lBB", _types(tzif, body, counts))]
    changes, current = [], offsets[0]
    for at, kind in zip(times, kinds, strict=True):
        if offsets[kind] != current:
            current = offsets[kind]
            changes.append((at, current))
    return changes, tzif[body + _length(counts, 8) :].strip(b"\n")


def _types(tzif: bytes, body: int, counts: tuple[int, ...]) -> bytes:
    start = body + 9 * counts[3]
    return tzif[start : start + 6 * counts[4]]


def _counts(tzif: bytes, start: int) -> tuple[int, ...]:
    """The six counts of a header: isut, isstd, leap, time, type, char."""
    magic, version, *counts = _HEADER.unpack_from(tzif, start)
    if magic != _MAGIC or version < b"2":
        raise ValueError("not a TZif file of version 2 or later")
    return tuple(counts)


def _length(counts: tuple[int, ...], width: int) -> int:
    isut, isstd, leap, times, types, chars = counts
    return times * (width + 1) + types * 6 + chars + leap * (width + 4) + isstd + isut
