from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.engine.posting import Destination
from bot.engine.rhythm import Closed, Rhythm, WorkingDays
from bot.message import Message
from bot.registry import Parcel, nudge
from bot.tasks.cards.day import team_day, waited
from bot.tasks.cards.item import in_order
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View


def render(view: View, card: Card) -> Message:
    """Draw the day's card from the current state; its items keep the positions of the first posting.

    After closed days it begins with the messages that have waited. A card that a stop held until another day is that
    day's, without what was closed before it.
    """
    roster, day = view.roster, _day(view, card)
    begins, _ = day_bounds(view.team, day)
    items = [(place, item) for place, item in card.items if item.closed_at is None or item.closed_at >= begins]
    drawn = team_day(roster, roster.texts, items, day, view.now)
    first = waited(roster, roster.texts, day) if "morning" in card.posting.kind.split("+") else None
    return Message((drawn.blocks[0], first, *drawn.blocks[1:]), drawn.summary) if first else drawn


def _day(view: View, card: Card) -> date:
    """Return the day of the card: the latest of its subject and its items' starts, since a message that waited for the
    opening may have begun on an earlier day.
    """
    starts = (view.team.today(item.start) for _, item in card.items)
    return max([date.fromisoformat(card.posting.subject), *starts])


def day_card(view: View, occurrence: Occurrence, keys: Collection[str] | None = None) -> Iterable[Parcel]:
    """Yield the channel's parcel of today's items: all shared ones, or those of the tasks in `keys`."""
    today = view.team.today(view.now)
    shared = (item for item in view.items(today) if not item.task.private)
    items = [item for item in shared if keys is None or item.task.key in keys]
    if view.team.home and items:
        ids = tuple(item.id for item in in_order(items))
        yield Parcel(Destination(channel=view.team.home), today.isoformat(), ids)


@nudge(
    "morning",
    rank=10,
    rhythm=lambda _team, defaults: Rhythm(WorkingDays(), (defaults.moments.morning,), Closed.SKIP),
    render=render,
)
def morning(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan the card of each working day in the channel: today's tasks and holders, with the veille in it."""
    return day_card(view, occurrence)
