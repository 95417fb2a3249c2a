"""My last act of the day on an item, taken back: the item is as it was before it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.registry import act
from bot.tasks.change import Author, change, facts, reopened
from bot.tasks.checklist import State

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.record.audit import Entry
    from bot.tasks.checklist import Item

SETTLING = frozenset({"done", "skip"})
MOVING = frozenset({"snooze", "take", "assign", "urgent"})
WRITTEN = frozenset({"remind", "alert"})
UNDOABLE = SETTLING | MOVING | WRITTEN


@act("undo")
def undo(call: Call, tx: Tx, item: Item) -> Line:
    """What I did last to the item today is undone, unless it has changed since: then nothing is guessed."""
    last = undoable(call, tx, item)
    if last is None:
        raise RefusalError("undo.nothing", title=item.task.title)
    author = Author(call.me.id, call.source)
    if last.act in SETTLING:
        change(tx, author, item, reopened(item, tx), "reopen")
        return call.line(f"undo.{last.act}", title=item.task.title)
    if last.act in WRITTEN:
        gone = item._replace(state=State.DROPPED, closed_by=call.me.id, closed_at=tx.now, closed_via=call.source)
        change(tx, author, item, gone, "undo")
        return call.line(f"undo.{last.act}", title=item.task.title)
    after = _before(item, last)
    change(tx, author, item, after, "undo")
    who = call.roster.name(after.holder) or call.texts.text("word.nobody")
    return call.line(f"undo.{last.act}", title=item.task.title, who=who)


def undoable(call: Call, tx: Tx, item: Item) -> Entry | None:
    """My last act of today on this item, if the item is still as it left it and nobody else has acted since."""
    now = facts(item)
    for entry in tx.audit.of_subject(call.team.id, "item", item.id):
        if entry.actor != call.me.id or call.team.today(entry.at) != call.today:
            return None
        if entry.act in UNDOABLE and dict(entry.after) == now:
            return entry
    return None


def _before(item: Item, entry: Entry) -> Item:
    later, urgent = entry.before.get("later_at"), entry.before.get("urgent_at")
    return item._replace(
        holder=entry.before.get("holder"),
        later_at=datetime.fromisoformat(later) if later else None,
        snoozes=int(entry.before.get("snoozes") or 0),
        urgent_at=datetime.fromisoformat(urgent) if urgent else None,
        heeded_at=None if entry.act == "take" else item.heeded_at,
    )
