from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.posting import Destination
from bot.engine.rhythm import Closed, Rhythm, WorkingDays
from bot.registry import Parcel, nudge
from bot.tasks.cards.recap import Evening
from bot.tasks.cards.recap import recap as draw
from bot.tasks.closing import is_dropped
from bot.tasks.ladder import ceiling_reached
from bot.tasks.task import Closing
from bot.teams.hours import by_closing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.catalogue.defaults import Defaults
    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message
    from bot.tasks.checklist import Item
    from bot.teams.team import Team


def rhythm(team: Team, defaults: Defaults) -> Rhythm:
    """Return the rhythm of the recap: the evening of working days, before people leave."""
    return Rhythm(WorkingDays(), (by_closing(team, defaults, defaults.moments.recap),), Closed.SKIP)


def render(view: View, card: Card) -> Message | None:
    """Draw the recap of one member; None when every item was settled in the meantime."""
    reader = view.roster.member(card.posting.destination.member)
    if reader is None:
        return None
    today = view.team.today(view.now)
    unanswered = [item for _, item in card.items if reader == view.roster.lead and _is_unanswered(view, item)]
    remaining = [item for item in card.still_mine if _is_due_by(view, item, today) and item not in unanswered]
    if not (remaining or unanswered):
        return None
    return draw(view.roster, reader, _sort_by_closing(view, card, remaining, unanswered), view.now)


def _sort_by_closing(view: View, card: Card, items: Sequence[Item], unanswered: Sequence[Item]) -> Evening:
    """Sort the items by what becomes of them before the next working day opens."""
    next_day = view.team.calendar.next_working(view.team.today(view.now))
    questioned = [item for item in items if item.closing is Closing.ASK]
    settling = [item for item in items if item.closing is not Closing.ASK]
    dropped = [item for item in settling if is_dropped(item, view.tx.catalogue, view.team, next_day)]
    carried = [item for item in settling if item not in dropped]
    return Evening(dropped, carried, questioned, unanswered, {item.id: place for place, item in card.items})


def _is_unanswered(view: View, item: Item) -> bool:
    """Tell whether an urgent item has passed its ladder's last rung: only this line speaks of it from then on."""
    return ceiling_reached(item, view.now, view.roster, view.defaults)


def _is_due_by(view: View, item: Item, day: date) -> bool:
    """Tell whether a day was the last that an item was planned for, by its deadline and by its holder's own snooze."""
    return all(moment is None or view.team.today(moment) <= day for moment in (item.deadline, item.later_at))


@nudge(
    "recap",
    rank=70,
    rhythm=rhythm,
    render=render,
    digest=True,
)
def recap(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan one private recap for each member with open items, at the close of a working day; later deadlines wait.

    The lead's lists also the urgent items that nobody has answered.
    """
    day = occurrence.nominal.date()
    open_items = [item for item in view.items(day) if item.is_open and _is_due_by(view, item, day)]
    unanswered = [item for item in open_items if _is_unanswered(view, item)]
    for member in view.roster.members:
        lead_items = unanswered if member == view.roster.lead else []
        item_ids = tuple(item.id for item in open_items if item.holder == member.id or item in lead_items)
        if item_ids:
            yield Parcel(Destination(member=member.id), day.isoformat(), item_ids)
