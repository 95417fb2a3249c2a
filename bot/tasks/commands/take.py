from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.message import Reply
from bot.registry import Guide, Names, command
from bot.tasks.cards.ask import choose_held
from bot.tasks.other_day import join_replies, refuse_other_day, split_tasks
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
        refuse_other_day(call, tx, call.rest)
        parts = split_tasks(call, visible(call, items_of(tx, call.team, call.today)), call.rest)
        return join_replies([by_command(call._replace(rest=part), tx, "take") for part in parts])
    return _take_unheld(call, tx)


def _take_unheld(call: Call, tx: Tx) -> Reply:
    """Take the only task without a holder; else offer the tasks to choose from."""
    open_items = [item for item in visible(call, items_of(tx, call.team, call.today)) if item.is_open]
    unheld = {item.task.key: item for item in reversed(open_items) if call.roster.member(item.holder) is None}
    if len(unheld) == 1:
        return perform(call, tx, call.registry.acts["take"], list(unheld.values()))
    held = {item.task.key: item for item in reversed(open_items) if item.holder != call.me.id}
    offered = list((unheld or held).values())[::-1]
    if not offered:
        raise RefusalError("take.nothing")
    return Reply(choose_held(call, offered))
