from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.registry import act
from bot.tasks.change import change
from bot.tasks.checklist import State
from bot.tasks.trigger import must_be_open
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@act("forget", right=Right.SEE)
def forget(call: Call, tx: Tx, item: Item) -> Line:
    """Drop a reminder of the asker's own, which is then never sent."""
    must_be_open(call, item)
    if not item.task.private or item.holder != call.me.id:
        raise RefusalError("remind.not_yours")
    dropped = item._replace(state=State.DROPPED, closed_by=call.me.id, closed_at=tx.now, closed_via=call.source)
    change(tx, call.author(), item, dropped, "forget")
    return call.line("remind.removed", title=item.task.title)
