from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.message import Message, Text, plain
from bot.registry import act
from bot.tasks.cards import ask
from bot.tasks.change import Author, change
from bot.tasks.checklist import State
from bot.tasks.trigger import must_be_open

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item

TO = "@"
"""Before a member's id: they were named, so that handing it over is proposed instead."""


@act("skip")
def skip(call: Call, tx: Tx, item: Item) -> Line | Message:
    """An open item is left out this time. The reason is optional: a code or a note's id, now or by a button afterwards.

    Saying it again changes nothing; a reason that comes later is a line of its own in the record.
    """
    reason = _reason(call, tx)
    today = item.closed_at is not None and call.team.today(item.closed_at) == call.today
    if item.state is State.SKIPPED and item.closed_by == call.me.id and today:
        return _explained(call, tx, item, reason)
    must_be_open(call, item)
    if call.given.startswith(TO):
        return ask.hand_over(call, item, call.given.removeprefix(TO))
    after = item._replace(
        state=State.SKIPPED,
        closed_by=call.me.id,
        closed_at=tx.now,
        closed_via=call.source,
        closed_on=call.posting.id if call.posting and call.source == "reaction" else None,
    )
    change(tx, Author(call.me.id, call.source, reason), item, after, "skip")
    said = call.line("skip.said", title=item.task.title)
    return said if reason else Message((Text(said), *ask.reasons(call, item)), plain(said))


def _reason(call: Call, tx: Tx) -> str | None:
    """A code of ours or the id of a note of the team; anything else is no reason."""
    known = call.given in ask.REASONS or (call.given and tx.notes.get(call.team.id, call.given) is not None)
    return call.given if known else None


def _explained(call: Call, tx: Tx, item: Item, reason: str | None) -> Line:
    lines = tx.audit.of_subject(call.team.id, "item", item.id)
    if reason is None or (lines and lines[0].reason == reason):
        return call.line("skip.already", title=item.task.title)
    tx.audit.write(replace(call.entry(tx, "reason", "item", item.id), reason=reason))
    return call.line("skip.why", title=item.task.title)
