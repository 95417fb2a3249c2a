from __future__ import annotations

from typing import TYPE_CHECKING

from bot.registry import act
from bot.tasks.change import Author, change
from bot.tasks.ladder import chain, climbs

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@act("seen")
def seen(call: Call, tx: Tx, item: Item) -> Line:
    """Somebody has seen it: kept in the record once for each person.

    From its holder or the backup it ends an urgent item's reminders; an alert's deadline stays where it is.
    """
    if climbs(item, tx.now) and call.me.id in _answering(call, item):
        change(tx, Author(call.me.id, call.source), item, item._replace(heeded_at=tx.now), "seen")
        return call.line("seen.said", title=item.task.title)
    lines = tx.audit.of_subject(call.team.id, "item", item.id)
    if not any(one.act == "seen" and one.actor == call.me.id for one in lines):
        tx.audit.write(call.entry(tx, "seen", "item", item.id))
    return call.line("seen.said", title=item.task.title)


def _answering(call: Call, item: Item) -> set[str]:
    found = chain(item, call.now, call.roster, call.catalogue.defaults)
    return {one.id for one in (found.holder, found.backup) if one is not None}
