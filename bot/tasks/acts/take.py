from __future__ import annotations

from typing import TYPE_CHECKING

from bot.registry import act
from bot.tasks.cards import ask
from bot.tasks.change import change
from bot.tasks.ladder import climbs, heeded
from bot.tasks.trigger import must_be_open

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line, Message
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@act("take")
def take(call: Call, tx: Tx, item: Item) -> Line | Message:
    """Make the asker the holder of an open item; one held by a colleague only after the answer has named them.

    An urgent item that nobody has acknowledged is taken at once.
    """
    must_be_open(call, item)
    if item.holder == call.me.id:
        if not climbs(item, tx.now):
            return call.line("take.already", title=item.task.title)
        change(tx, call.author(), item, item._replace(heeded_at=tx.now), "take")
        return call.line("take.said", title=item.task.title)
    if call.roster.member(item.holder) and call.argument != ask.YES and not climbs(item, tx.now):
        return ask.choose_held(call, [item])
    after = item._replace(holder=call.me.id, later_at=None, snoozes=0, heeded_at=heeded(item, tx.now))
    change(tx, call.author(), item, after, "take")
    return call.line("take.said", title=item.task.title)
