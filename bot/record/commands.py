from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.leftover_words import nothing_more
from bot.message import Reply
from bot.record.cards import history as card
from bot.registry import Guide, Names, command

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

READ = 200
"""Entries to read; those of one moment share a line."""


@command(
    names=Names("history", "historique", also_en=("audit", "record", "log"), also_fr=("journal",)),
    section="team",
    takes="",
    reads=True,
    en=Guide("who did what, and when", "history", ("history",)),
    fr=Guide("qui a fait quoi, et quand", "historique", ("historique",)),
)
def history(call: Call, tx: Tx) -> Reply:
    """Hide entries about private reminders of other people."""
    nothing_more(call, "history")
    entries = tx.audit.latest(call.team.id, limit=READ)
    items = tx.items.many(call.team.id, [entry.subject_id for entry in entries if entry.subject == "item"])
    hidden = {item.id for item in items if item.task.private and item.holder != call.me.id}
    visible = [entry for entry in entries if entry.subject_id not in hidden or entry.actor == call.me.id]
    return Reply(card(call.roster, call.texts, visible, {item.id: item for item in items}))
