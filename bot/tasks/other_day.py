"""Note a task as done on another day (« fait veille hier »), and refuse other acts on another day than today."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.spelling import exact, fold
from bot.grammar.task_names import find, names_of
from bot.message import Button, Message, Reply, Text, plain
from bot.tasks.change import change, change_quietly
from bot.tasks.checklist import State
from bot.tasks.today import items_of
from bot.tasks.trigger import check, visible
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.call import Call
    from bot.ports import Tx
    from bot.tasks.checklist import Item

FURTHEST = timedelta(days=31)
"""Time back within which a task can be noted as done."""
_OFFSETS = {
    "hier": -1,
    "d hier": -1,
    "avant hier": -2,
    "d avant hier": -2,
    "yesterday": -1,
    "yesterday s": -1,
    "demain": 1,
    "apres demain": 2,
    "tomorrow": 1,
}
_WEEKDAYS = (
    *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
_SMALL = re.compile(r"\s+(?:de|du|d['’]|pour|of|for|from|on|last|le)$", re.IGNORECASE)
_MOST_WORDS = 3
_LOOK_BACK = 1000
"""Lines of the record searched for the items that a day dropped."""
_NIGHT = timedelta(hours=3)
"""Time after midnight within which a day's open items are carried over."""


def split_day(call: Call, words: str) -> tuple[str, date | None]:
    """Split « veille hier », « veille de lundi » into the task and the day; a weekday is the last one that is past."""
    parts = words.split()
    for size in range(min(_MOST_WORDS, len(parts) - 1), 0, -1):
        head, tail = " ".join(parts[:-size]), fold(" ".join(parts[-size:])).removesuffix(" dernier")
        day = _find_day(call.today, tail)
        if day is not None:
            return _SMALL.sub("", head), day
    return words, None


def _find_day(today: date, words: str) -> date | None:
    if words in _OFFSETS:
        return today + timedelta(days=_OFFSETS[words])
    if words in _WEEKDAYS:
        return today - timedelta(days=(today.isoweekday() - _WEEKDAYS.index(words) % 7 - 2) % 7 + 1)
    return None


def refuse_other_day(call: Call, tx: Tx, words: str) -> None:
    """Raise RefusalError when the last words of a task's name are another day: nothing of today's is changed."""
    items = visible(call, items_of(tx, call.team, call.today))
    if not words or exact(words, names_of(items)):
        return
    head, day = split_day(call, words)
    if day is None or fold(words.rsplit(maxsplit=1)[-1]) in _WEEKDAYS or not find(head, items, call.catalogue):
        return
    raise RefusalError("other_day.future" if day > call.today else "other_day.past", query=head[:40], day=day)


def backdate(call: Call, tx: Tx, head: str, day: date) -> Reply:
    """Note as done, late, a task left undone on a past day. Raise RefusalError for no such task, or a done one."""
    begins, ends = day_bounds(call.team, day)
    items = _load_past_day(call, tx, begins, ends)
    keys = find(head, items, call.catalogue)
    if len(keys) != 1 or day < call.today - FURTHEST:
        raise RefusalError("other_day.unknown", query=head[:40], day=day)
    undone = [item for item in items if item.task.key == keys[0] and item.state is not State.DONE]
    if not undone:
        raise RefusalError("other_day.already", query=head[:40], day=day)
    item = undone[0]
    check(call, call.registry.acts["done"], item)
    after = item._replace(
        state=State.DONE, closed_by=call.me.id, closed_at=ends - timedelta(minutes=1), closed_via=call.source
    )
    store = change if item.is_open else change_quietly
    store(tx, call.author(), item, after, "backdate")
    line = call.line("other_day.done", title=item.task.title, who=call.me.name, day=day)
    return Reply(Message((Text(line), Button(call.texts.text("button.undo"), "undo", item.id)), plain(line)))


def _load_past_day(call: Call, tx: Tx, begins: datetime, ends: datetime) -> list[Item]:
    """Load the items of a past day: settled in it, dropped at its end, or carried over and still open."""
    entries = [entry for entry in tx.audit.latest(call.team.id, limit=_LOOK_BACK) if entry.subject == "item"]
    dropped = [entry.subject_id for entry in entries if entry.act == "drop"]
    carried = {entry.subject_id for entry in entries if entry.act == "carry" and ends <= entry.at < ends + _NIGHT}
    settled = [item for item in tx.items.between(call.team.id, begins, ends) if begins <= item.start < ends]
    unfinished = tx.items.many(call.team.id, list(dict.fromkeys([*dropped, *carried])))
    undone = [item for item in unfinished if begins <= item.start < ends or (item.id in carried and item.is_open)]
    return visible(call, list({item.id: item for item in (*settled, *undone)}.values()))


def restore(item: Item, state: str | None, closed_by: str | None) -> Item:
    """Return an item as it was before it was noted late."""
    before = State(state or State.DROPPED)
    settled = before is not State.OPEN
    return item._replace(
        state=before, closed_by=closed_by, closed_at=item.closed_at if settled else None, closed_via=None
    )


def split_tasks(call: Call, items: Sequence[Item], words: str) -> list[str]:
    """Split « calendrier et veille » into its tasks, when each part names one and the whole names none."""
    parts = [part.strip() for part in re.split(r"\s+(?:et|and)\s+|\s*&\s*|\s*,\s*", words) if part.strip()]
    if len(parts) < 2 or exact(words, names_of(items)):  # noqa: PLR2004
        return [words]
    return parts if all(find(part, items, call.catalogue) for part in parts) else [words]


def join_replies(replies: Sequence[Reply]) -> Reply:
    """Join the answers of one line that was about several tasks."""
    messages = [reply.message for reply in replies if reply.message is not None]
    blocks = tuple(block for message in messages for block in message.blocks)
    return Reply(Message(blocks, " ".join(message.summary for message in messages)))
