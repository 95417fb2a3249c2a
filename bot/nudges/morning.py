from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.cards.day import team_day
from bot.cards.item import in_order
from bot.domain.posting import Destination
from bot.domain.rhythm import Closed, Rhythm, WorkingDays
from bot.registry import Parcel, nudge
from bot.today import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.message import Message
    from bot.ports import Tx


def render(tx: Tx, roster: Roster, posting: Posting) -> Message:
    """The day's card, from the state now; the positions of its items are those of its first posting."""
    places = {item: place for place, item in tx.postings.items(posting.team, posting.id)}
    items = tx.items.many(posting.team, list(places))
    shown = sorted(((places[item.id], item) for item in items), key=lambda pair: pair[0])
    return team_day(roster, roster.texts, shown, date.fromisoformat(posting.subject), tx.now)


@nudge(
    "morning",
    rank=10,
    rhythm=lambda _team, defaults: Rhythm(WorkingDays(), (defaults.moments.morning,), Closed.SKIP),
    render=render,
)
def morning(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """Each working day, in the channel: who does what today, with the veille in it."""
    team, day = roster.team, occurrence.nominal.date()
    items = items_of(tx, team, day)
    if team.home and items:
        yield Parcel(Destination(channel=team.home), day.isoformat(), tuple(item.id for item in in_order(items)))
