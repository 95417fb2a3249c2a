from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.posting import Destination
from bot.engine.rhythm import Closed, Rhythm, WorkingDays
from bot.registry import Parcel, nudge
from bot.tasks.cards.recap import recap as draw
from bot.tasks.ladder import ceiling_reached
from bot.teams.hours import by_closing

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    open_items = [item for item in card.still_mine if _is_due_by(view, item, view.team.today(view.now))]
    unanswered = [item for _, item in card.items if reader == view.roster.lead and _is_unanswered(view, item)]
    open_items = [item for item in open_items if item not in unanswered]
    return (
        draw(view.roster, view.roster.texts_for(reader), open_items, unanswered, view.now)
        if open_items or unanswered
        else None
    )


def _is_unanswered(view: View, item: Item) -> bool:
    """Tell whether an urgent item has passed its ladder's last rung: only this line speaks of it from then on."""
    return ceiling_reached(item, view.now, view.roster, view.defaults)


def _is_due_by(view: View, item: Item, day: date) -> bool:
    return item.deadline is None or view.team.today(item.deadline) <= day


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
