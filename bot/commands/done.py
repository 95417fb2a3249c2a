from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.member import Right
from bot.registry import Guide, Names, command
from bot.trigger import by_command

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx


@command(
    names=Names(
        "done",
        "fait",
        also_en=("finished", "finish", "tick", "complete", "check"),
        also_fr=("faite", "faits", "faites", "fini", "finie", "finis", "finies", "finir", "termine", "terminer",
                 "terminé", "terminée", "je termine", "ok", "cocher", "coche", "je coche", "faire", "j'ai fait"),
    ),
    section="day",
    takes="[{task}]",
    right=Right.COMPLETE_OWN,
    en=Guide("says that something is done", "done [task]", ("done", "done watch")),
    fr=Guide("dit qu’une chose est faite", "fait [tâche]", ("fait", "fait veille")),
)  # fmt: skip
def done(call: Call, tx: Tx) -> Reply:
    return by_command(call, tx, "done")
