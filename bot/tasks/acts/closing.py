"""The recap's one question: what is left goes to the next working day, ends here, or is settled one by one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.civil import instant, local
from bot.errors import RefusalError
from bot.message import Message, Reply, Text, plain
from bot.registry import press
from bot.tasks.cards.recap import one_by_one
from bot.tasks.change import Author, change
from bot.tasks.checklist import State
from bot.tasks.task import Closing
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item


def _left(call: Call, tx: Tx) -> Sequence[Item]:
    """What the recap asks about, open and the asker’s by now: a button cannot carry the ids of more than two."""
    shown = tx.postings.items(call.team.id, call.posting.id) if call.posting else ()
    there = tx.items.many(call.team.id, [item for _, item in shown])
    items = [one for one in there if one.is_open and one.closing is Closing.ASK and one.holder == call.me.id]
    if not items:
        raise RefusalError("closing.none")
    return items


@press("carry", right=Right.COMPLETE_OWN)
def carry(call: Call, tx: Tx) -> Reply:
    """To the next working day, at the same hour; it is not asked about again."""
    items = _left(call, tx)
    following = call.team.calendar.next_working(call.today)
    for item in items:
        until = item.deadline and datetime.combine(following, local(item.deadline, call.team.tz).time())
        moved = item._replace(closing=Closing.CARRY, deadline=until and instant(until, call.team.tz))
        change(tx, Author(call.me.id, call.source), item, moved, "carry")
    return _said(call.line("closing.carried", count=len(items), day=following))


@press("let_go", right=Right.COMPLETE_OWN)
def let_go(call: Call, tx: Tx) -> Reply:
    """It ends here."""
    items = _left(call, tx)
    for item in items:
        gone = item._replace(state=State.DROPPED, closed_by=call.me.id, closed_at=tx.now, closed_via=call.source)
        change(tx, Author(call.me.id, call.source), item, gone, "let_go")
    return _said(call.line("closing.let_go", count=len(items)))


@press("choose", right=Right.COMPLETE_OWN)
def choose(call: Call, tx: Tx) -> Reply:
    """One by one, each with its buttons."""
    return Reply(one_by_one(call.roster, call.texts, _left(call, tx), call.now))


def _said(line: Line) -> Reply:
    return Reply(Message((Text(line),), plain(line)))
