from __future__ import annotations

from typing import TYPE_CHECKING

from bot.registry import act
from bot.tasks.change import change
from bot.tasks.checklist import State
from bot.tasks.trigger import must_be_open

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@act("done")
def done(call: Call, tx: Tx, item: Item) -> Line:
    """Mark an open item as done by the asker; a repetition changes nothing and names who did it."""
    if item.state is State.DONE and item.closed_at and call.team.today(item.closed_at) == call.today:
        return call.line("done.already", title=item.task.title, who=call.roster.name(item.closed_by))
    must_be_open(call, item)
    after = item._replace(
        state=State.DONE,
        closed_by=call.me.id,
        closed_at=tx.now,
        closed_via=call.source,
        closed_on=call.posting.id if call.posting and call.source == "reaction" else None,
    )
    change(tx, call.author(), item, after, "done")
    return call.line("done.said", title=item.task.title, who=call.me.name, at=call.clock(tx.now))
