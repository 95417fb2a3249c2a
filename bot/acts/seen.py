from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.audit import Entry
from bot.domain.ids import new_id
from bot.registry import act

if TYPE_CHECKING:
    from bot.call import Call
    from bot.domain.checklist import Item
    from bot.message import Line
    from bot.ports import Tx


@act("seen")
def seen(call: Call, tx: Tx, item: Item) -> Line:
    """Somebody has seen it: kept in the record once for each person, and never more than that."""
    lines = tx.audit.of_subject(call.team.id, "item", item.id)
    if not any(one.act == "seen" and one.actor == call.me.id for one in lines):
        tx.audit.write(
            Entry(
                team=item.team,
                id=new_id(tx.now),
                at=tx.now,
                act="seen",
                subject="item",
                subject_id=item.id,
                actor=call.me.id,
                source=call.source,
            )
        )
    return call.line("seen.said", title=item.task.title)
