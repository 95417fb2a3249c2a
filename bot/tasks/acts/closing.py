"""Answers to the recap's question: carry the open items to the next working day, drop them, or settle each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.civil import instant, local
from bot.errors import RefusalError
from bot.message import Message, Reply, Text, plain
from bot.record.undo import undo_button
from bot.registry import press
from bot.tasks.cards.recap import one_by_one
from bot.tasks.change import change
from bot.tasks.checklist import State
from bot.tasks.task import Closing
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item


def _find_items_asked(call: Call, tx: Tx) -> Sequence[Item]:
    """Return the items of the recap that are still open, the asker’s and closed by question.

    The card holds their ids: a button carries no more than two. Raise RefusalError when there is none.
    """
    shown = tx.postings.items(call.team.id, call.posting.id) if call.posting else ()
    stored = tx.items.many(call.team.id, [item for _, item in shown])
    items = [item for item in stored if item.is_open and item.closing is Closing.ASK and item.holder == call.me.id]
    if not items:
        raise RefusalError("closing.none")
    return items


@press("carry", right=Right.COMPLETE_OWN)
def carry(call: Call, tx: Tx) -> Reply:
    """Carry the items to the next working day, at the same hour; the recap asks about them once."""
    items = _find_items_asked(call, tx)
    next_day = call.team.calendar.next_working(call.today)
    for item in items:
        until = item.deadline and datetime.combine(next_day, local(item.deadline, call.team.tz).time())
        moved = item._replace(closing=Closing.CARRY, deadline=until and instant(until, call.team.tz))
        change(tx, call.author(), item, moved, "carry")
    return _reply_with(call, call.line("closing.carried", count=len(items), day=next_day))


@press("let_go", right=Right.COMPLETE_OWN)
def let_go(call: Call, tx: Tx) -> Reply:
    """Drop the items."""
    items = _find_items_asked(call, tx)
    for item in items:
        dropped = item._replace(state=State.DROPPED, closed_by=call.me.id, closed_at=tx.now, closed_via=call.source)
        change(tx, call.author(), item, dropped, "let_go")
    return _reply_with(call, call.line("closing.let_go", count=len(items)))


@press("choose", right=Right.COMPLETE_OWN)
def choose(call: Call, tx: Tx) -> Reply:
    """Show the items, each with its buttons."""
    return Reply(one_by_one(call.roster, call.texts, _find_items_asked(call, tx), call.now))


def _reply_with(call: Call, line: Line) -> Reply:
    return Reply(Message((Text(line), undo_button(call)), plain(line)))
