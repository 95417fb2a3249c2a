"""Plan a batch schedule by schedule when one of them breaks the whole, and skip that one.

Skipped: its moment is recorded as missed and it goes on from the next one; what cannot even be read is parked until
the team's settings write it anew. The team's lead is told once for each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.engine.lead_alerts import tell_lead
from bot.engine.planner import BATCH, Lease, Planned, advance, plan
from bot.engine.view import Views
from bot.errors import is_poisoned

if TYPE_CHECKING:
    from bot.ports import Store, Tx
    from bot.registry import Registry

log = structlog.get_logger()

Key = tuple[str, str]
"""The ids of a team and of one of its schedules."""


async def plan_one_by_one(store: Store, registry: Registry, owner: str) -> Planned:
    """Plan a batch one by one; nothing is born leased. Raises StoreError when the database is away."""
    keys = await store.read(lambda tx: tx.schedules.due_keys(tx.now, BATCH))
    batches = [await _plan_or_skip(store, registry, Lease(owner, 0, 0), key) for key in keys]
    return Planned(
        due=sum(planned.due for planned in batches),
        late=[late for planned in batches for late in planned.late],
        missed=sum(planned.missed for planned in batches),
    )


async def _plan_or_skip(store: Store, registry: Registry, lease: Lease, key: Key) -> Planned:
    try:
        return await store.write(lambda tx: _plan_schedule(tx, registry, lease, key), batch=True)
    except Exception as error:
        if not is_poisoned(error):
            raise
        log.exception("schedule skipped", team=key[0], schedule=key[1])
    try:
        return await store.write(lambda tx: _skip_schedule(tx, key), batch=True)
    except Exception as error:
        if not is_poisoned(error):
            raise
        log.exception("schedule parked", team=key[0], schedule=key[1])
    return await store.write(lambda tx: _park_schedule(tx, key), batch=True)


def _plan_schedule(tx: Tx, registry: Registry, lease: Lease, key: Key) -> Planned:
    schedule = tx.schedules.due_one(*key, tx.now) if tx.schedules.turn() else None
    return plan(tx, registry, lease, [schedule]) if schedule else Planned(0)


def _skip_schedule(tx: Tx, key: Key) -> Planned:
    schedule = tx.schedules.due_one(*key, tx.now)
    if schedule is None:
        return Planned(0)
    moved, moments = advance([schedule], Views(tx, [schedule.team]).places, tx.now)
    tx.schedules.move_on(moved, [moment.as_missed() for moment in moments])
    tell_lead(tx, schedule.team, "skipped")
    return Planned(1, missed=len(moments))


def _park_schedule(tx: Tx, key: Key) -> Planned:
    if not tx.schedules.park(*key):
        return Planned(0)
    tell_lead(tx, key[0], "skipped")
    return Planned(1, missed=1)
