"""The answer to who raises an alert, or says that something cannot wait: until when, and who is told when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.civil import local
from bot.domain.ladder import first_rung
from bot.message import Button, Message, Text, plain
from bot.when import say_moment

if TYPE_CHECKING:
    from bot.call import Call
    from bot.domain.checklist import Item
    from bot.message import Line


def raised(call: Call, item: Item, who: str, *, new: bool) -> Message:
    """« Alerte ouverte, à traiter avant 13 h 40. Je préviens Karim. »"""
    assert item.deadline is not None, "an alert has its time"
    if not new:
        line = call.line("alert.already", title=item.task.title, who=call.roster.name(item.holder) or who)
        return Message((Text(line),), plain(line))
    line = (*call.line("alert.raised", at=call.clock(item.deadline)), " ", *telling(call, item, who))
    return Message((Text(line), Button(call.texts.text("button.undo"), "undo", item.id)), plain(line))


def telling(call: Call, item: Item, who: str) -> Line:
    """« Je préviens Karim. », or « Elle est pour toi. », with the moment when that has to wait."""
    mine = who == call.me.name
    at = first_rung(item, call.now, call.roster, call.catalogue.defaults)
    if at is None or at <= call.now:
        return call.line("urgent.telling_you" if mine else "urgent.telling", who=who)
    moment = say_moment(local(at, call.tz), call.texts.language, now_local=local(call.now, call.tz))
    return call.line("urgent.telling_you_later" if mine else "urgent.telling_later", who=who, moment=moment)
