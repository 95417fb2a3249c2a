"""A team in another zone: what is open keeps its hours on the wall, as its rhythms do (PRODUCT §3.2)."""

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
"""How far ahead somebody may have asked to be reminded (ten years)."""


def keep_hours(tx: Tx, before: Team, after: Team) -> None:
    """Move the open items of a team to the same local times in its new zone; nothing happens within one zone.

    An alert and what was said to be urgent stay at their instants: somebody is waiting. The settings' own line in the
    record says that the zone has changed.
    """
    if before.zone == after.zone:
        return
    there = tx.items.between(after.id, tx.now, tx.now + AHEAD)
    moved = [(new, one) for one in there if (new := _moved(one, before, after))]
    written = [new for new, one in moved if tx.items.settle(new, one)]
    for one in written:
        remind_before_deadline(tx, after, one)
    tx.postings.show_again(after.id, [item.id for item in written])


def _moved(item: Item, before: Team, after: Team) -> Item | None:
    if not item.is_open or item.task.alert or item.urgent_at is not None:
        return None

    def there(moment: datetime) -> datetime:
        return instant(local(moment, before.tz), after.tz)

    return item._replace(start=there(item.start), deadline=item.deadline and there(item.deadline))
