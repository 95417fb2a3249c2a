"""Schedule the nudges that a new version brings in teams that are set up, when the engine starts.

1. Page by page, find the ready teams that lack a schedule of a nudge. A team whose lead has paused or removed the
   nudge's task does not lack it, and neither does a place that we were taken out of.
2. Compute the first moment of each, from now on.
3. Store those that no other process has stored meanwhile, each with its line in the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.scheduling import policy, schedule
from bot.ids import new_id
from bot.record.audit import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.engine.rhythm import Rhythm
    from bot.engine.schedule import Schedule
    from bot.ports import Store, Tx
    from bot.registry import Nudge, Registry

PAGE = 200
"""Teams of one unit of work: it must not hold the writer over 50 ms."""


async def schedule_new_nudges(store: Store, registry: Registry) -> int:
    """Schedule, in every ready team, the nudges of the registry that it lacks; return how many schedules are new.

    Raises StoreError when the database is away; what is stored by then stays.
    """
    stored = 0
    for nudge in registry.nudges.values():
        after = ""
        while teams := await store.read(lambda tx, nudge=nudge, after=after: _find_teams(tx, nudge, after)):  # type: ignore[misc]
            new = await store.write(
                lambda tx, nudge=nudge, teams=teams: _add_schedules(tx, registry, nudge, teams),  # type: ignore[misc]
                batch=True,
            )
            stored, after = stored + new, teams[-1]
    return stored


def _find_teams(tx: Tx, nudge: Nudge, after: str) -> Sequence[str]:
    return tx.schedules.teams_without(nudge.id, with_template=nudge.rhythm is None, after=after, limit=PAGE)


def _add_schedules(tx: Tx, registry: Registry, nudge: Nudge, teams: Sequence[str]) -> int:
    rhythms = _derive_rhythms(tx, nudge, teams)
    by_id = tx.teams.many(list(rhythms))
    schedules = [
        schedule(by_id[team], nudge.id, rhythm, tx.now, policy(nudge.id, registry, tx.catalogue(team)))
        for team, rhythm in rhythms.items()
        if team in by_id
    ]
    stored = tx.schedules.add_new(schedules)
    for new in stored:
        tx.audit.write(_build_entry(tx, new))
    return len(stored)


def _derive_rhythms(tx: Tx, nudge: Nudge, teams: Sequence[str]) -> Mapping[str, Rhythm]:
    """Derive when the nudge recurs in each team: by itself, else with the active template of its name."""
    if nudge.rhythm is None:
        return tx.templates.rhythms(teams, nudge.id)
    return {key: nudge.rhythm(team, tx.catalogue(key).defaults) for key, team in tx.teams.many(teams).items()}


def _build_entry(tx: Tx, new: Schedule) -> Entry:
    fires = new.next_fire_at.isoformat() if new.next_fire_at else None
    return Entry(
        team=new.team,
        id=new_id(tx.now),
        at=tx.now,
        act="add",
        subject="schedule",
        subject_id=new.id,
        after={"nudge": new.nudge, "next_fire_at": fires},
    )
