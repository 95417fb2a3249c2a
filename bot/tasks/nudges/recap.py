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
    """In the evening of working days, before people leave."""
    return Rhythm(WorkingDays(), (by_closing(team, defaults, defaults.moments.recap),), Closed.SKIP)


def render(view: View, card: Card) -> Message | None:
    """Silent when everything was settled in the meantime."""
    reader = view.roster.member(card.posting.destination.member)
    if reader is None:
        return None
    left = [item for item in card.still_mine if _of_today(view, item, view.team.today(view.now))]
    alone = [item for _, item in card.items if reader == view.roster.lead and _unanswered(view, item)]
    left = [item for item in left if item not in alone]
    return draw(view.roster, view.roster.texts_for(reader), left, alone, view.now) if left or alone else None


def _unanswered(view: View, item: Item) -> bool:
    """Urgent, and everybody on its ladder has been told: from then on there is only this line."""
    return ceiling_reached(item, view.now, view.roster, view.defaults)


def _of_today(view: View, item: Item, day: date) -> bool:
    return item.deadline is None or view.team.today(item.deadline) <= day


@nudge(
    "recap",
    rank=70,
    rhythm=rhythm,
    render=render,
    digest=True,
)
def recap(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """In the evening, in private, to each person with something open; what is due on a later day waits.

    To the lead also what is urgent and has been answered by nobody.
    """
    day = occurrence.nominal.date()
    left = [item for item in view.items(day) if item.is_open and _of_today(view, item, day)]
    alone = [item for item in left if _unanswered(view, item)]
    for member in view.roster.members:
        led = alone if member == view.roster.lead else []
        mine = tuple(item.id for item in left if item.holder == member.id or item in led)
        if mine:
            yield Parcel(Destination(member=member.id), day.isoformat(), mine)
