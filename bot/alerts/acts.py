"""« Ça ne peut pas attendre » : somebody says so of an open task, or has the lead told of an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.alerts.cards import telling
from bot.errors import RefusalError
from bot.registry import act
from bot.tasks.change import Author, change
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
    """An open item cannot wait (🚨): whoever answers for it is told at once, then the next (PRODUCT §3.11).

    Whoever says so is not told themselves, unless there is nobody else. Saying it again changes nothing.
    """
    must_be_open(call, item)
    if item.urgent_at is not None and climbs(item, tx.now):
        return call.line("urgent.already", title=item.task.title)
    after = item._replace(urgent_at=tx.now, heeded_at=None, later_at=None)
    change(tx, Author(call.me.id, call.source), item, after, "urgent")
    steps = _steps(call, after)
    rung = next((place for place, one in enumerate(steps) if one.id != call.me.id), 0)
    climb(tx, call.team, after, _first(call, after), rung + 1)
    who = steps[rung].name if steps else call.texts.text("word.nobody")
    return (*call.line("urgent.said", title=item.task.title), " ", *telling(call, after, who))


@act("warn", right=Right.COMPLETE_OWN)
def warn(call: Call, tx: Tx, item: Item) -> Line:
    """The lead is told of what is urgent now, before their turn."""
    must_be_open(call, item)
    steps = _steps(call, item)
    if not steps or call.roster.lead is None or steps[-1] != call.roster.lead or item.holder == call.roster.lead.id:
        raise RefusalError("urgent.lead_has_it", title=item.task.title)
    climb(tx, call.team, item, _first(call, item), len(steps))
    return telling(call, item, call.roster.lead.name)


def _steps(call: Call, item: Item) -> Sequence[Member]:
    defaults = call.catalogue.defaults
    return chain(item, call.now, call.roster, defaults).rungs(defaults.ladder.reminders, defaults.ladder.escalations)


def _first(call: Call, item: Item) -> datetime:
    return first_rung(item, call.now, call.roster, call.catalogue.defaults) or call.now
