from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.message import Reply
from bot.registry import Guide, Names, command
from bot.tasks.cards.ask import choose_held
from bot.tasks.today import items_of
from bot.tasks.trigger import by_command, perform, visible
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@command(
    names=Names(
        "take",
        "prendre",
        also_en=("mine", "i take", "i'll take", "i'll do it"),
        also_fr=("prends", "je prends", "pris", "prise", "moi", "c'est pour moi", "je m'en charge", "m'en charger",
                 "je m'en occupe"),
    ),
    section="day",
    takes="[{task}]",
    right=Right.COMPLETE_OWN,
    en=Guide("makes something mine to do", "take TASK", ("take", "take calendar")),
    fr=Guide("met une chose à mon nom", "prendre TÂCHE", ("prendre", "prendre calendrier")),
)  # fmt: skip
def take(call: Call, tx: Tx) -> Reply:
    if call.rest:
        return by_command(call, tx, "take")
    return _offered(call, tx)


def _offered(call: Call, tx: Tx) -> Reply:
    """With no name: what nobody holds, if it is one; else what there is to choose from."""
    left = [item for item in visible(call, items_of(tx, call.team, call.today)) if item.is_open]
    free = {item.task.key: item for item in reversed(left) if call.roster.member(item.holder) is None}
    if len(free) == 1:
        return perform(call, tx, call.registry.acts["take"], list(free.values()))
    theirs = {item.task.key: item for item in reversed(left) if item.holder != call.me.id}
    offered = list((free or theirs).values())[::-1]
    if not offered:
        raise RefusalError("take.nothing")
    return Reply(choose_held(call, offered))
