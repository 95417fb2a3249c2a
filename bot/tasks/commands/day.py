from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.leftover_words import whole_team
from bot.message import Reply
from bot.registry import Guide, Names, command
from bot.tasks.cards.day import my_day, team_day
from bot.tasks.cards.item import in_order
from bot.tasks.cards.showing import add_show_button
from bot.tasks.today import items_of
from bot.tasks.trigger import visible

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@command(
    names=Names(
        "day", "jour", also_en=("today", "my day"), also_fr=("aujourd'hui", "aujourdhui", "auj", "journée", "liste")
    ),
    section="day",
    takes="[{team/équipe=whose}]",
    reads=True,
    en=Guide("what is open today, mine first; “team” shows everybody’s", "day [team]", ("day", "day team")),
    fr=Guide(
        "ce qui reste aujourd’hui, le mien d’abord ; « équipe » montre tout", "jour [équipe]", ("jour", "jour équipe")
    ),
)
def day(call: Call, tx: Tx) -> Reply:
    items = visible(call, items_of(tx, call.team, call.today))
    if whole_team(call, "day"):
        items = [item for item in items if not item.task.private]
        card = team_day(call.roster, call.texts, list(enumerate(in_order(items), 1)), call.today, call.now)
        return Reply(add_show_button(call, card, "day team"))
    return Reply(my_day(call.roster, call.texts, items, call.me.id, call.now))
