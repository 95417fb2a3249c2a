from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.grammar.leftover_words import whole_team
from bot.grammar.spelling import fold
from bot.message import Reply
from bot.registry import Guide, Names, command
from bot.tasks.agenda import items_within, week_of
from bot.tasks.cards import week as card
from bot.tasks.cards.showing import add_show_button
from bot.tasks.trigger import visible

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

_NEXT = {"prochaine", "suivante", "next", "d apres"}


@command(
    names=Names("week", "semaine", also_en=("this week", "my week"), also_fr=("cette semaine", "ma semaine", "hebdo")),
    section="day",
    takes="[{team/équipe=whose}]",
    reads=True,
    en=Guide("what is open this week by day; “team” shows everybody’s", "week [team]", ("week", "week team")),
    fr=Guide("ce qui reste cette semaine, jour par jour ; « équipe » montre tout", "semaine [équipe]",
             ("semaine", "semaine équipe")),
)  # fmt: skip
def week(call: Call, tx: Tx) -> Reply:
    if fold(call.rest.rstrip(" ?")) in _NEXT:
        monday, after = week_of(call.today + timedelta(days=7))
        items = visible(call, items_within(tx, call.roster, (monday, after)))
        coming = [item for item in items if monday <= call.team.today(item.start) < after]
        return Reply(card.draw_own(call, coming, "week"))
    items = visible(call, items_within(tx, call.roster, week_of(call.today)))
    if whole_team(call, "week"):
        return Reply(add_show_button(call, card.draw_team(call, items, "week"), "week team"))
    return Reply(card.draw_own(call, items, "week"))
