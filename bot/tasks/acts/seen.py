from __future__ import annotations

from typing import TYPE_CHECKING

from bot.registry import act
from bot.tasks.change import change
from bot.tasks.ladder import chain, climbs

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@act("seen")
def acknowledge(call: Call, tx: Tx, item: Item) -> Line:
    """Acknowledge an item: one line of the record for each member.

    From its holder or the backup it stops the reminders of an urgent item; an alert keeps its deadline.
    """
    if climbs(item, tx.now) and call.me.id in _collect_answerable(call, item):
        change(tx, call.author(), item, item._replace(heeded_at=tx.now), "seen")
        return call.line("seen.said", title=item.task.title)
    entries = tx.audit.of_subject(call.team.id, "item", item.id)
    if not any(entry.act == "seen" and entry.actor == call.me.id for entry in entries):
        tx.audit.write(call.entry(tx, "seen", "item", item.id))
    return call.line("seen.said", title=item.task.title)


def _collect_answerable(call: Call, item: Item) -> set[str]:
    answerable = chain(item, call.now, call.roster, call.catalogue.defaults)
    return {member.id for member in (answerable.holder, answerable.backup) if member is not None}
