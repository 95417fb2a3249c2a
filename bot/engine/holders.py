"""Nudges that speak in private to whoever holds the items that begin at an occurrence: « C’est l’heure : … »."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.tasks import now
from bot.domain.posting import Destination
from bot.registry import Nudge, Parcel
from bot.today import items_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.domain.checklist import Item
    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.message import Message
    from bot.ports import Tx


def private(name: str, *, rank: int) -> Nudge:
    """The nudge of one catalogue task whose holder is told in private when it begins."""

    def plan(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
        return to_holders(tx, roster, occurrence, {name})

    def render(tx: Tx, roster: Roster, posting: Posting) -> Message | None:
        mine = still_mine(tx, posting)
        return draw_now(tx, roster, posting, [item for item in mine if item.task.key == name])

    return Nudge(name, rank, plan, render)


def to_holders(tx: Tx, roster: Roster, occurrence: Occurrence, keys: Collection[str]) -> Iterable[Parcel]:
    """One private parcel for each open item of these tasks that starts at the occurrence and is held by somebody."""
    day = occurrence.nominal.date()
    for item in items_of(tx, roster.team, day):
        if item.task.key in keys and item.is_open and item.start == occurrence.due_at and item.holder:
            yield Parcel(Destination(member=item.holder), day.isoformat(), (item.id,))


def still_mine(tx: Tx, posting: Posting) -> list[Item]:
    """What a private message shows that is still open and still its reader's."""
    shown = [item for _, item in tx.postings.items(posting.team, posting.id)]
    found = tx.items.many(posting.team, shown)
    return [item for item in found if item.is_open and item.holder == posting.destination.member]


def draw_now(tx: Tx, roster: Roster, posting: Posting, mine: Iterable[Item]) -> Message | None:
    """« C’est l’heure : les réponses aux messages. » ; nothing once they are settled or given away."""
    left = [item for item in mine if item.start <= tx.now]
    reader = roster.member(posting.destination.member)
    if not left or reader is None:
        return None
    return now(roster, roster.texts_for(reader), left, tx.now)
