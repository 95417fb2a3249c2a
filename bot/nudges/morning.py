from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.cards.day import team_day, waited
from bot.cards.item import in_order
from bot.domain.posting import Destination
from bot.domain.rhythm import Closed, Rhythm, WorkingDays
from bot.message import Message
from bot.registry import Parcel, nudge
from bot.today import items_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.ports import Tx


def render(tx: Tx, roster: Roster, posting: Posting) -> Message:
    """The day's card, from the state now; the positions of its items are those of its first posting.

    After closed days it begins with what has waited.
    """
    places = {item: place for place, item in tx.postings.items(posting.team, posting.id)}
    items = tx.items.many(posting.team, list(places))
    shown = sorted(((places[item.id], item) for item in items), key=lambda pair: pair[0])
    day = date.fromisoformat(posting.subject)
    card = team_day(roster, roster.texts, shown, day, tx.now)
    first = waited(roster, roster.texts, day) if "morning" in posting.kind.split("+") else None
    return Message((card.blocks[0], first, *card.blocks[1:]), card.summary) if first else card


def day_card(tx: Tx, roster: Roster, occurrence: Occurrence, keys: Collection[str] | None = None) -> Iterable[Parcel]:
    """What the channel is told of a day: all of its items, or those of some tasks."""
    team, day = roster.team, occurrence.nominal.date()
    items = [item for item in items_of(tx, team, day) if keys is None or item.task.key in keys]
    if team.home and items:
        yield Parcel(Destination(channel=team.home), day.isoformat(), tuple(item.id for item in in_order(items)))


@nudge(
    "morning",
    rank=10,
    rhythm=lambda _team, defaults: Rhythm(WorkingDays(), (defaults.moments.morning,), Closed.SKIP),
    render=render,
)
def morning(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """Each working day, in the channel: who does what today, with the veille in it."""
    return day_card(tx, roster, occurrence)
