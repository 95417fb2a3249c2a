"""Derive the stored schedules anew when the rules of a zone have changed, and record it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ConfigurationError
from bot.ids import new_id
from bot.record.audit import Entry
from bot.zones import fingerprint, rederive, refuses, tzdata_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from bot.engine.schedule import Schedule
    from bot.ports import Tx

TZDATA = "tzdata"
"""The fact under which a database records the newest tzdata that has ticked on it."""


def guard(tx: Tx) -> None:
    """Refuse to tick with an older tzdata than the database has seen: two rules for one zone would post twice."""
    stored, packaged = tx.facts.get(TZDATA), tzdata_version()
    if refuses(stored, packaged):
        raise ConfigurationError("zones.older", stored=stored, own=packaged)


def refresh(tx: Tx, mark: Callable[[str], str] = fingerprint, find: Callable[[str], ZoneInfo] | None = None) -> int:
    """Bring every schedule to what its zone means now; return how many instants moved, each with its audit line.

    Does nothing when the database has seen this very tzdata. `mark` and `find` give a zone's fingerprint and rules.
    """
    guard(tx)
    if tx.facts.get(TZDATA) == tzdata_version():
        return 0
    stale = [name for name, stored_mark in tx.schedules.zones() if stored_mark != mark(name)]
    stored = tx.schedules.in_zones(stale)
    derived = rederive(stored, mark, find) if find else rederive(stored, mark)
    tx.schedules.rewrite(derived.written)
    for before, after in derived.moved:
        tx.audit.write(_build_entry(tx, before, after))
    tx.facts.put(TZDATA, tzdata_version())
    return len(derived.moved)


def _build_entry(tx: Tx, before: Schedule, after: Schedule) -> Entry:
    return Entry(
        team=before.team,
        id=new_id(tx.now),
        at=tx.now,
        act="rezone",
        subject="schedule",
        subject_id=before.id,
        before={"next_fire_at": _format_instant(before), "fingerprint": before.fingerprint},
        after={"next_fire_at": _format_instant(after), "fingerprint": after.fingerprint},
    )


def _format_instant(schedule: Schedule) -> str | None:
    return schedule.next_fire_at.isoformat() if schedule.next_fire_at else None
