from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.leftover_words import whole_team
from bot.message import Reply
from bot.registry import Guide, Names, command
from bot.tasks.agenda import items_within, month_of
from bot.tasks.cards import week as card
from bot.tasks.cards.showing import add_show_button
from bot.tasks.trigger import visible

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@command(
    names=Names("month", "mois", also_en=("this month", "my month"), also_fr=("ce mois", "ce mois-ci", "mon mois")),
    section="day",
    takes="[{team/équipe=whose}]",
    reads=True,
    en=Guide("what is open this month besides every day’s; “team” shows everybody’s", "month [team]",
             ("month", "month team")),
    fr=Guide("ce qui reste ce mois-ci, hors tâches de chaque jour ; « équipe » montre tout", "mois [équipe]",
             ("mois", "mois équipe")),
)  # fmt: skip
def month(call: Call, tx: Tx) -> Reply:
    items = visible(call, items_within(tx, call.roster, month_of(call.today), daily=False))
    if whole_team(call, "month"):
        return Reply(add_show_button(call, card.draw_team(call, items, "month"), "month team"))
    return Reply(card.draw_own(call, items, "month"))
