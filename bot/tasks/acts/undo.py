"""Undo the asker's last act of the day on an item."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.registry import act
from bot.tasks.change import Author, change, facts, reopened
from bot.tasks.checklist import State
from bot.tasks.other_day import restore

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.record.audit import Entry
    from bot.tasks.checklist import Item

SETTLING = frozenset({"done", "skip"})
MOVING = frozenset({"snooze", "take", "assign", "urgent"})
WRITING = frozenset({"remind", "alert"})
LATE = frozenset({"backdate"})
UNDOABLE = SETTLING | MOVING | WRITING | LATE


@act("undo")
def undo(call: Call, tx: Tx, item: Item) -> Line:
    """Undo the asker's last act of today on the item; raise RefusalError when the item has changed since."""
    last = undoable(call, tx, item)
    if last is None:
        raise RefusalError("undo.nothing", title=item.task.title)
    author = Author(call.me.id, call.source)
    if last.act in SETTLING:
        change(tx, author, item, reopened(item, tx), "reopen")
        return call.line(f"undo.{last.act}", title=item.task.title)
    if last.act in WRITING:
        dropped = item._replace(state=State.DROPPED, closed_by=call.me.id, closed_at=tx.now, closed_via=call.source)
        change(tx, author, item, dropped, "undo")
        return call.line(f"undo.{last.act}", title=item.task.title)
    if last.act in LATE:
        change(tx, author, item, restore(item, last.before.get("state"), last.before.get("closed_by")), "undo")
        return call.line("undo.backdate", title=item.task.title)
    after = _restore_before(item, last)
    change(tx, author, item, after, "undo")
    holder_name = call.roster.name(after.holder) or call.texts.text("word.nobody")
    return call.line(f"undo.{last.act}", title=item.task.title, who=holder_name)


def undoable(call: Call, tx: Tx, item: Item) -> Entry | None:
    """Return the asker's last act of today on the item, if nobody has acted and the item has not changed since."""
    current_facts = facts(item)
    for entry in tx.audit.of_subject(call.team.id, "item", item.id):
        if entry.actor != call.me.id or call.team.today(entry.at) != call.today:
            return None
        if entry.act in UNDOABLE and dict(entry.after) == current_facts:
            return entry
    return None


def _restore_before(item: Item, entry: Entry) -> Item:
    later_at, urgent_at = entry.before.get("later_at"), entry.before.get("urgent_at")
    return item._replace(
        holder=entry.before.get("holder"),
        later_at=datetime.fromisoformat(later_at) if later_at else None,
        snoozes=int(entry.before.get("snoozes") or 0),
        urgent_at=datetime.fromisoformat(urgent_at) if urgent_at else None,
        heeded_at=None if entry.act == "take" else item.heeded_at,
    )
