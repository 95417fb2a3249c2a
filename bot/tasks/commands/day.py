from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.leftover_words import whole_team
from bot.grammar.spelling import exact
from bot.grammar.when import Ask, may_mean, moment
from bot.message import Reply
from bot.registry import Guide, Names, command
from bot.tasks.agenda import items_within
from bot.tasks.cards.day import my_day, team_day
from bot.tasks.cards.item import in_order
from bot.tasks.cards.showing import add_show_button
from bot.tasks.cards.week import draw_day
from bot.tasks.today import items_of
from bot.tasks.trigger import visible

if TYPE_CHECKING:
    from datetime import date

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
    other_day = _read_other_day(call)
    if other_day is not None:
        items = visible(call, items_within(tx, call.roster, (other_day, other_day + timedelta(days=1))))
        day_items = [item for item in items if call.team.today(item.start) == other_day]
        return Reply(draw_day(call, day_items, other_day))
    items = visible(call, items_of(tx, call.team, call.today))
    ids = exact(call.rest.removeprefix("@"), {member.id: (member.name,) for member in call.roster.members})
    if len(ids) == 1 and ids[0] != call.me.id:
        held = [item for item in items if item.holder == ids[0] and not item.task.private]
        return Reply(team_day(call.roster, call.texts, list(enumerate(in_order(held), 1)), call.today, call.now))
    if whole_team(call, "day"):
        items = [item for item in items if not item.task.private]
        card = team_day(call.roster, call.texts, list(enumerate(in_order(items), 1)), call.today, call.now)
        return Reply(add_show_button(call, card, "day team"))
    return Reply(my_day(call.roster, call.texts, items, call.me.id, call.now))


def _read_other_day(call: Call) -> date | None:
    """Read a coming day (« demain », « vendredi », « le 12 »); None for today, several days or other words."""
    if not call.rest or not may_mean(call.rest):
        return None
    try:
        when = moment(
            call.rest, now=call.now, zone=call.team.tz, calendar=call.team.calendar, language=call.texts.language
        )
    except RefusalError:
        return None
    days = {choice.local.date() for choice in (when.choices if isinstance(when, Ask) else (when,))}
    day = min(days)
    return day if len(days) == 1 and day > call.today else None
