from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.recap import recap as card
from bot.domain.posting import Destination
from bot.domain.rhythm import Closed, Rhythm, WorkingDays
from bot.engine.holders import still_mine
from bot.registry import Parcel, nudge
from bot.today import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.message import Message
    from bot.ports import Tx


def _of_today(roster: Roster, deadline: datetime | None, day: date) -> bool:
    return deadline is None or roster.team.today(deadline) <= day


def render(tx: Tx, roster: Roster, posting: Posting) -> Message | None:
    """Silent when everything was settled in the meantime."""
    reader = roster.member(posting.destination.member)
    left = still_mine(tx, posting)
    return card(roster, roster.texts_for(reader), left, tx.now) if left and reader else None


@nudge(
    "recap",
    rank=70,
    rhythm=lambda _team, defaults: Rhythm(WorkingDays(), (defaults.moments.recap,), Closed.SKIP),
    render=render,
)
def recap(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """In the evening, in private, to each person with something open; what is due on a later day waits."""
    day = occurrence.nominal.date()
    left = [item for item in items_of(tx, roster.team, day) if item.is_open]
    for member in roster.members:
        mine = [item.id for item in left if item.holder == member.id and _of_today(roster, item.deadline, day)]
        if mine:
            yield Parcel(Destination(member=member.id), day.isoformat(), tuple(mine))
