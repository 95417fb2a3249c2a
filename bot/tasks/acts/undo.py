"""Undo changes of items: the asker's last act of the day on an item, or one line of a larger act."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.civil import local
from bot.engine.scheduling import schedule_team
from bot.errors import RefusalError
from bot.grammar.when import say_moment
from bot.record.undo import find_last_line, undo_line
from bot.registry import act, telling
from bot.registry import undo as undoes
from bot.tasks.change import change, is_as_recorded, with_facts
from bot.tasks.checklist import State
from bot.tasks.reminding import remind_before_deadline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.record.audit import Entry
    from bot.tasks.checklist import Item

ANSWERED = frozenset({"done", "skip", "snooze", "take", "assign", "urgent", "remind", "alert", "backdate"})
"""Acts whose undo has an answer of its own (`undo.ACT`)."""


@act("undo")
def undo(call: Call, tx: Tx, item: Item) -> Line:
    """Undo the asker's last act of today on the item; raise RefusalError when the item has changed since."""
    last = undoable(call, tx, item)
    if last is None:
        raise RefusalError("undo.nothing", title=item.task.title)
    return undo_line(call, tx, last)


def undoable(call: Call, tx: Tx, item: Item) -> Entry | None:
    """Return the asker's last act of today on the item, if nobody has acted and the item has not changed since."""
    last = find_last_line(call, tx, "item", item.id)
    return last if last is not None and is_as_recorded(item, last.after) else None


@undoes("item")
def restore_item(call: Call, tx: Tx, line: Entry) -> Line | None:
    """Give an item the values that it had; one that began with the line is dropped."""
    item = tx.items.get(call.team.id, line.subject_id)
    if item is None or not is_as_recorded(item, line.after):
        return None
    author = call.author(undoes=line.request)
    if line.before:
        after = with_facts(item, line.before)
        change(tx, author, item, after, "undo")
        if (after.start, after.deadline) != (item.start, item.deadline):
            remind_before_deadline(tx, call.team, after)
    else:
        after = item
        dropped = item._replace(state=State.DROPPED, closed_by=call.me.id, closed_at=tx.now, closed_via=call.source)
        change(tx, author, item, dropped, "undo")
        _remove_reminder(call, tx, item, line)
    holder_name = call.roster.name(after.holder) or call.texts.text("word.nobody")
    key = f"undo.{line.act}" if line.act in ANSWERED else "undo.item"
    return call.line(key, title=item.task.title, who=holder_name)


def _remove_reminder(call: Call, tx: Tx, item: Item, line: Entry) -> None:
    """Remove the template of a reminder with its item: it is written with it, without a line of its own."""
    template = tx.templates.keyed(call.team.id, item.task.key) if line.act == "remind" else None
    if template is not None:
        tx.templates.set_state(call.team.id, template.id, "removed")
        schedule_team(tx, call.team, call.registry, call.catalogue.defaults)


@telling("item")
def tell_items(call: Call, tx: Tx, lines: Sequence[Entry]) -> Mapping[str, object]:
    """Name the items, and the holder or the moment that the act gave them."""
    items = {item.id: item for item in tx.items.many(call.team.id, [line.subject_id for line in lines])}
    titles = [items[line.subject_id].task.title.say(call.texts.language) for line in lines if line.subject_id in items]
    after = lines[-1].after
    moment = after.get("later_at") or after.get("start")
    first = items.get(lines[0].subject_id)
    now = local(call.now, call.team.tz)
    return {
        "title": call.texts.listing(dict.fromkeys(titles)) if titles else "",
        "now": call.roster.name(after.get("holder")) or call.texts.text("word.nobody"),
        "day": local(first.start, call.team.tz).date() if first else None,
        "moment": say_moment(local(datetime.fromisoformat(moment), call.team.tz), call.texts.language, now_local=now)
        if moment
        else "",
    }
