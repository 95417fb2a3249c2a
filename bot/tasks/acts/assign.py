from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.grouping import deferred
from bot.errors import RefusalError
from bot.grammar.people import colleague
from bot.registry import act
from bot.tasks.cards import ask
from bot.tasks.change import change
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
    """Assign an open item to a member, who is told in private; without an argument, ask for the member.

    Assigning to oneself is taking. Raise RefusalError for an observer.
    """
    must_be_open(call, item)
    if not call.argument:
        return ask.choose_member(call, item)
    member = call.roster.member(call.argument) or colleague(call, tx, call.argument)
    if member.id == item.holder:
        return call.line("assign.already", title=item.task.title, who=member.name)
    if not member.may(Right.COMPLETE_OWN):
        raise RefusalError("assign.observer", who=member.name)
    is_own = member.id == call.me.id
    after = item._replace(
        holder=member.id, later_at=None, snoozes=0, heeded_at=heeded(item, tx.now) if is_own else None
    )
    change(tx, call.author(), item, after, "assign")
    if is_own:
        return call.line("take.said", title=item.task.title)
    defaults = call.catalogue.defaults
    urgent = first_rung(after, tx.now, call.roster, defaults) if climbs(after, tx.now) else None
    own_zone = zone(member.zone) if member.zone else None
    at = urgent or deferred(tx.now, call.team, defaults, own_zone)  # urgent messages leave at lunch too
    tell_holder(tx, after, call.me.id, at)
    return call.line("assign.said", title=item.task.title, who=member.name)
