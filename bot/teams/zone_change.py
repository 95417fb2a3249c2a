"""Change of a team's zone: open items keep their local times, as rhythms do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.civil import instant, local
from bot.tasks.reminding import remind_before_deadline

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.teams.team import Team

AHEAD = timedelta(days=3660)
"""Horizon of open items: a reminder is at most ten years ahead."""


def keep_hours(tx: Tx, before: Team, after: Team) -> None:
    """Move the open items of a team to the same local times in its new zone; without a new zone, change nothing.

    Alerts and urgent items keep their instants: a person is waiting. The settings' own line in the
    record says that the zone has changed.
    """
    if before.zone == after.zone:
        return
    items = tx.items.between(after.id, tx.now, tx.now + AHEAD)
    moved = [(new, old) for old in items if (new := _move_item(old, before, after))]
    written = [new for new, old in moved if tx.items.settle(new, old)]
    for item in written:
        remind_before_deadline(tx, after, item)
    tx.postings.show_again(after.id, [item.id for item in written])


def _move_item(item: Item, before: Team, after: Team) -> Item | None:
    if not item.is_open or item.task.alert or item.urgent_at is not None:
        return None

    def move_instant(moment: datetime) -> datetime:
        return instant(local(moment, before.tz), after.tz)

    return item._replace(start=move_instant(item.start), deadline=item.deadline and move_instant(item.deadline))
