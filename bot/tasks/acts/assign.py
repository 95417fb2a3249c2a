from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.grouping import deferred
from bot.errors import RefusalError
from bot.grammar.people import colleague
from bot.registry import act
from bot.tasks.cards import ask
from bot.tasks.change import Author, change
from bot.tasks.ladder import climbs, first_rung, heeded
from bot.tasks.reminding import tell_holder
from bot.tasks.trigger import must_be_open
from bot.teams.member import Right
from bot.zones import zone

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Line, Message
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@act("assign", right=Right.ASSIGN)
def assign(call: Call, tx: Tx, item: Item) -> Line | Message:
    """The item is somebody's now, who is told in private; nobody named: it is asked. Given to oneself, it is taken."""
    must_be_open(call, item)
    if not call.given:
        return ask.whom(call, item)
    to = call.roster.member(call.given) or colleague(call, tx, call.given)
    if to.id == item.holder:
        return call.line("assign.already", title=item.task.title, who=to.name)
    if not to.may(Right.COMPLETE_OWN):
        raise RefusalError("assign.observer", who=to.name)
    mine = to.id == call.me.id
    after = item._replace(holder=to.id, later_at=None, snoozes=0, heeded_at=heeded(item, tx.now) if mine else None)
    change(tx, Author(call.me.id, call.source), item, after, "assign")
    if mine:
        return call.line("take.said", title=item.task.title)
    defaults = call.catalogue.defaults
    urgent = first_rung(after, tx.now, call.roster, defaults) if climbs(after, tx.now) else None
    theirs = zone(to.zone) if to.zone else None
    at = urgent or deferred(tx.now, call.team, defaults, theirs)  # what is urgent is said at lunch too
    tell_holder(tx, after, call.me.id, at)
    return call.line("assign.said", title=item.task.title, who=to.name)
