"""Acts on urgent work: « Ça ne peut pas attendre » on an open task, the escalation of an alert to the lead, and
« Je regarde » for a week-end without anybody on call.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.alerts import on_call
from bot.alerts.cards import draw_notification, draw_watch
from bot.errors import RefusalError
from bot.message import Message, Reply, Text, plain
from bot.registry import act, press
from bot.tasks.change import change
from bot.tasks.ladder import chain, climbs, first_rung
from bot.tasks.trigger import must_be_open
from bot.tasks.urgent import climb
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.teams.member import Member


@act("urgent", right=Right.ASSIGN)
def urgent(call: Call, tx: Tx, item: Item) -> Line:
    """Mark an open item as urgent (🚨): notify its holder at once, then the next person of the ladder.

    The member who marks it is not notified, unless the ladder has nobody else. A second time changes nothing.
    """
    must_be_open(call, item)
    if item.urgent_at is not None and climbs(item, tx.now):
        return call.line("urgent.already", title=item.task.title)
    after = item._replace(urgent_at=tx.now, heeded_at=None, later_at=None)
    change(tx, call.author(), item, after, "urgent")
    recipients = _list_recipients(call, after)
    rung = next((place for place, member in enumerate(recipients) if member.id != call.me.id), 0)
    climb(tx, call.team, after, _find_first_rung_time(call, after), rung + 1)
    name = recipients[rung].name if recipients else call.texts.text("word.nobody")
    return (*call.line("urgent.said", title=item.task.title), " ", *draw_notification(call, after, name))


@act("warn", right=Right.COMPLETE_OWN)
def warn(call: Call, tx: Tx, item: Item) -> Line:
    """Notify the lead of an urgent item now, before their turn on the ladder."""
    must_be_open(call, item)
    recipients = _list_recipients(call, item)
    if (
        not recipients
        or call.roster.lead is None
        or recipients[-1] != call.roster.lead
        or item.holder == call.roster.lead.id
    ):
        raise RefusalError("urgent.lead_has_it", title=item.task.title)
    climb(tx, call.team, item, _find_first_rung_time(call, item), len(recipients))
    return draw_notification(call, item, call.roster.lead.name)


def _list_recipients(call: Call, item: Item) -> Sequence[Member]:
    defaults = call.catalogue.defaults
    return chain(item, call.now, call.roster, defaults).rungs(defaults.ladder.reminders, defaults.ladder.escalations)


def _find_first_rung_time(call: Call, item: Item) -> datetime:
    return first_rung(item, call.now, call.roster, call.catalogue.defaults) or call.now


@press("watch", right=Right.COMPLETE_OWN)
def watch(call: Call, tx: Tx) -> Reply:
    """Put the asker on call until the next opening after the local day that the line is about (`call.rest`)."""
    try:
        until = on_call.end_of_watch(call, date.fromisoformat(call.rest))
    except ValueError as error:
        raise RefusalError("button.unknown") from error
    if until is None:
        raise RefusalError("watch.over")
    is_new = not on_call.is_on_call(call)
    if is_new:
        on_call.volunteer(call, tx, until)
    return Reply(draw_watch(call, until, can_undo=is_new or on_call.is_volunteer(call, tx)))


@press("unwatch", right=Right.COMPLETE_OWN)
def unwatch(call: Call, tx: Tx) -> Reply:
    """Take « Je regarde » back."""
    if not on_call.is_volunteer(call, tx):
        raise RefusalError("watch.nothing")
    on_call.withdraw(call, tx)
    line = call.line("watch.undone")
    return Reply(Message((Text(line),), plain(line)))
