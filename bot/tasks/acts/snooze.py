from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.grammar.snooze_time import AGAIN, later
from bot.grammar.when import Ask, say_moment
from bot.registry import act
from bot.tasks.cards import ask
from bot.tasks.change import change_quietly
from bot.tasks.opening import next_day
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
    """Remind the holder of an open item at the moment of the argument; without one ask when; after the limit, ask why.

    The item moves, its rhythm and its deadline do not. A repetition of the same moment is one reminder.
    """
    must_be_open(call, item)
    if item.snoozes >= call.catalogue.defaults.limits.snoozes and call.argument != AGAIN:
        return ask.propose_alternatives(call, item)
    if not call.argument:
        return ask.choose_snooze(call, item)
    moment = later(call, call.argument)
    if isinstance(moment, Ask):
        return ask.choose_moment(call, item, moment)
    if moment.at != item.later_at:
        after = item._replace(later_at=moment.at, snoozes=item.snoozes + 1)
        change_quietly(tx, call.author(), item, after, "snooze")
        remind_later(tx, after, call.me.id)
    return _confirm_snooze(call, tx, item, moment.at)


def _confirm_snooze(call: Call, tx: Tx, item: Item, at: datetime) -> Line:
    """Write « D’accord, je t’en reparle à 14 h. », with the day if it is another.

    Note that the task comes again by then, or that the moment is past the deadline.
    """
    local_at, now = local(at, call.tz), local(call.now, call.tz)
    is_own = item.holder in (None, call.me.id)
    key = "snooze.said" if is_own else "snooze.said_to"
    holder_name = call.roster.name(item.holder)
    if local_at.date() == now.date():
        line = call.line(f"{key}_today", at=call.clock(at), who=holder_name)
    else:
        line = call.line(key, moment=say_moment(local_at, call.texts.language, now_local=now), who=holder_name)
    day = next_day(tx, call.roster, item.task.key, call.team.today(at))
    if day is not None:
        return (*line, " ", *call.line("snooze.joins", day=day))
    if item.deadline is None or at <= item.deadline:
        return line
    due = local(item.deadline, call.tz)
    moment = say_moment(due, call.texts.language, now_local=now)
    return (*line, " ", *call.line("snooze.past_deadline", moment=moment))
