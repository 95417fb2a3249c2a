from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.grammar.snooze_time import AGAIN, later
from bot.grammar.when import Ask, say_moment
from bot.registry import act
from bot.tasks.cards import ask
from bot.tasks.change import Author, change_quietly
from bot.tasks.reminding import remind_later
from bot.tasks.trigger import must_be_open

if TYPE_CHECKING:
    from datetime import datetime

    from bot.call import Call
    from bot.message import Line, Message
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@act("snooze")
def snooze(call: Call, tx: Tx, item: Item) -> Line | Message:
    """Its holder hears of it again at the moment given; without one it is asked, and after three times, questioned.

    The item moves, its rhythm and its deadline do not. The same moment asked for twice is one reminder.
    """
    must_be_open(call, item)
    if item.snoozes >= call.catalogue.defaults.limits.snoozes and call.given != AGAIN:
        return ask.enough(call, item)
    if not call.given:
        return ask.when(call, item)
    found = later(call, call.given)
    if isinstance(found, Ask):
        return ask.which_moment(call, item, found)
    if found.at != item.later_at:
        after = item._replace(later_at=found.at, snoozes=item.snoozes + 1)
        change_quietly(tx, Author(call.me.id, call.source), item, after, "snooze")
        remind_later(tx, after, call.me.id)
    return _said(call, item, found.at)


def _said(call: Call, item: Item, at: datetime) -> Line:
    """« D’accord, je t’en reparle à 14 h. », the day too when it is another one; and if that is past the deadline."""
    there, now = local(at, call.tz), local(call.now, call.tz)
    mine = item.holder in (None, call.me.id)
    key = "snooze.said" if mine else "snooze.said_to"
    who = call.roster.name(item.holder)
    if there.date() == now.date():
        line = call.line(f"{key}_today", at=call.clock(at), who=who)
    else:
        line = call.line(key, moment=say_moment(there, call.texts.language, now_local=now), who=who)
    if item.deadline is None or at <= item.deadline:
        return line
    due = local(item.deadline, call.tz)
    said = say_moment(due, call.texts.language, now_local=now)
    return (*line, " ", *call.line("snooze.past_deadline", moment=said))
