from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.registry import Guide, Names, command
from bot.tasks.acts.undo import UNDOABLE, undoable
from bot.tasks.trigger import by_command, perform
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx
    from bot.tasks.checklist import Item

LOOK_BACK = 50
"""Entries of the asker's record that are searched for the last act that can be undone."""


@command(
    names=Names(
        "reopen",
        "rouvrir",
        also_en=("undo", "untick", "uncheck"),
        also_fr=("rouvre", "rouverte", "je rouvre", "décocher", "décoche", "je décoche", "défaire", "défais",
                 "annuler", "annule", "j'annule"),
    ),
    section="day",
    takes="[{task}]",
    right=Right.COMPLETE_OWN,
    en=Guide("opens something again; alone, undoes my last act", "reopen [task]", ("reopen", "reopen watch")),
    fr=Guide("rouvre une chose ; seul, défait mon dernier geste", "rouvrir [tâche]", ("rouvrir", "rouvrir veille")),
)  # fmt: skip
def reopen(call: Call, tx: Tx) -> Reply:
    if call.rest:
        return by_command(call, tx, "reopen")
    last = _find_last_item(call, tx)
    if last is None:
        raise RefusalError("reopen.nothing")
    return perform(call, tx, call.registry.acts["undo"], [last])


def _find_last_item(call: Call, tx: Tx) -> Item | None:
    """Return the item of the asker's last act of today, if it still stands as that act left it."""
    for entry in tx.audit.latest(call.team.id, limit=LOOK_BACK, actor=call.me.id):
        if call.team.today(entry.at) != call.today:
            return None
        if entry.subject != "item" or entry.act not in UNDOABLE:
            continue
        item = tx.items.get(call.team.id, entry.subject_id)
        last = undoable(call, tx, item) if item else None
        if item and last and last.id == entry.id:
            return item
    return None
