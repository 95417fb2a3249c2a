from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.message import Message, Text, plain
from bot.registry import act
from bot.tasks.cards import ask
from bot.tasks.change import change
from bot.tasks.checklist import State
from bot.tasks.trigger import must_be_open

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item

TO = "@"
"""Prefix of the id of a member named in the line: the answer proposes to hand the item over instead."""


@act("skip")
def skip(call: Call, tx: Tx, item: Item) -> Line | Message:
    """Leave out an open item this time. The reason (a code, or a note's id) is optional; it may come by a later button.

    A repetition changes nothing; a later reason is a line of its own in the record.
    """
    reason = _read_reason(call, tx)
    closed_today = item.closed_at is not None and call.team.today(item.closed_at) == call.today
    if item.state is State.SKIPPED and item.closed_by == call.me.id and closed_today:
        return _record_reason(call, tx, item, reason)
    must_be_open(call, item)
    if call.argument.startswith(TO):
        return ask.hand_over(call, item, call.argument.removeprefix(TO))
    after = item._replace(
        state=State.SKIPPED,
        closed_by=call.me.id,
        closed_at=tx.now,
        closed_via=call.source,
        closed_on=call.posting.id if call.posting and call.source == "reaction" else None,
    )
    change(tx, call.author(reason), item, after, "skip")
    line = call.line("skip.said", title=item.task.title)
    return line if reason else Message((Text(line), *ask.reasons(call, item)), plain(line))


def _read_reason(call: Call, tx: Tx) -> str | None:
    """Return the argument if it is a code or the id of a note of the team; else None."""
    is_reason = call.argument in ask.REASONS or (
        call.argument and tx.notes.get(call.team.id, call.argument) is not None
    )
    return call.argument if is_reason else None


def _record_reason(call: Call, tx: Tx, item: Item, reason: str | None) -> Line:
    """Add a reason to an item skipped already, unless the record has it."""
    entries = tx.audit.of_subject(call.team.id, "item", item.id)
    if reason is None or (entries and entries[0].reason == reason):
        return call.line("skip.already", title=item.task.title)
    tx.audit.write(replace(call.entry(tx, "reason", "item", item.id), reason=reason))
    return call.line("skip.why", title=item.task.title)
