from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.member import Right
from bot.registry import Guide, Names, command
from bot.tasknames import before_moment
from bot.today import items_of
from bot.trigger import by_command

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx


@command(
    names=Names(
        "snooze",
        "décaler",
        also_en=("later", "postpone", "put off"),
        also_fr=("décale", "je décale", "décalé", "décalée", "reporter", "reporte", "je reporte", "reporté", "reportée",
                 "repousser", "repousse", "je repousse", "repoussé", "repoussée", "plus tard"),
    ),
    section="day",
    takes="[{task}] [{moment}]",
    right=Right.COMPLETE_OWN,
    en=Guide("brings something up again later", "snooze [task] [when]",
             ("snooze", "snooze watch 1h", "snooze watch tomorrow 9am")),
    fr=Guide("reparle d’une chose plus tard", "décaler [tâche] [quand]",
             ("décaler", "décaler veille 1h", "décaler veille à demain 9h")),
)  # fmt: skip
def snooze(call: Call, tx: Tx) -> Reply:
    task, when = before_moment(call, call.rest, items_of(tx, call.team, call.today))
    return by_command(replace(call, rest=task, given=when), tx, "snooze")
