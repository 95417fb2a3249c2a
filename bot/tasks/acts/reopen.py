from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.registry import act
from bot.tasks.change import change, reopened
from bot.tasks.checklist import State

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@act("reopen")
def reopen(call: Call, tx: Tx, item: Item) -> Line:
    """Reopen an item within the local day on which it was settled; a repetition changes nothing."""
    if item.is_open:
        return call.line("reopen.already", title=item.task.title)
    if item.state is State.DROPPED or item.closed_at is None or call.team.today(item.closed_at) != call.today:
        day = item.closed_at and call.team.today(item.closed_at)
        raise RefusalError("reopen.too_late", title=item.task.title, day=day or call.today)
    change(tx, call.author(), item, reopened(item, tx), "reopen")
    return call.line("reopen.said", title=item.task.title)
