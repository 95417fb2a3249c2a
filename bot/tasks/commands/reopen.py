from __future__ import annotations

from typing import TYPE_CHECKING

from bot.record.undo import undo_last
from bot.registry import Guide, Names, command
from bot.tasks.trigger import by_command
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx


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
    right=Right.SEE,
    en=Guide("opens something again; alone, undoes my last act", "reopen [task]", ("reopen", "reopen watch")),
    fr=Guide("rouvre une chose ; seul, défait mon dernier geste", "rouvrir [tâche]", ("rouvrir", "rouvrir veille")),
)  # fmt: skip
def reopen(call: Call, tx: Tx) -> Reply:
    return by_command(call, tx, "reopen") if call.rest else undo_last(call, tx)
