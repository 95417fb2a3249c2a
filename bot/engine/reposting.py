"""Post anew what a person has deleted, once there is something to say: a deleted message is no failed delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.posting import Delivery, NewPosting
from bot.ids import new_id

if TYPE_CHECKING:
    from bot.engine.posting import Card
    from bot.ports import Tx

GONE = "transport.message_gone"
"""The error of an edit whose message is no longer there."""


def repost_deleted(tx: Tx, team: str, posting_id: str) -> None:
    """Retire a posting whose message was deleted, and owe a new one in its place if it still matters.

    That is a channel's, of today or with something open. A private message and a past card stay deleted.
    """
    card = next(iter(tx.postings.cards([(team, posting_id)])), None)
    if card is None:
        return
    tx.postings.retire(team, posting_id)
    if not _still_matters(tx, card):
        return
    occurrences = tuple(occurrence.id for occurrence in tx.postings.occurrences(team, posting_id))
    posting = card.posting._replace(id=new_id(tx.now), created_at=tx.now, ref=None, revision=1, posted_revision=0)
    tx.postings.add_many([NewPosting(posting, tuple(item.id for _, item in card.items), occurrences)])
    tx.outbox.owe([Delivery(team, new_id(tx.now), posting.id, "post", tx.now)])


def _still_matters(tx: Tx, card: Card) -> bool:
    team = tx.teams.get(card.posting.team)
    if team is None or card.posting.destination.channel is None:
        return False
    is_of_today = team.today(card.posting.created_at) == team.today(tx.now)
    return is_of_today or any(item.is_open for _, item in card.items)
