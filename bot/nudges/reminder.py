"""What is said to one person about their own tasks: before a deadline, and when they asked to hear of it later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.tasks import reminder as card
from bot.engine.holders import still_mine
from bot.engine.reminding import later_subject
from bot.registry import nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.checklist import Item
    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.message import Message
    from bot.ports import Tx
    from bot.registry import Parcel


def _draw(tx: Tx, roster: Roster, posting: Posting, items: list[Item]) -> Message | None:
    reader = roster.member(posting.destination.member)
    return card(roster, roster.texts_for(reader), items, tx.now) if items and reader else None


def render_reminder(tx: Tx, roster: Roster, posting: Posting) -> Message | None:
    """Nothing when all of it is settled, given away, put off until later, or past its deadline (the recap has it)."""
    left = [
        item
        for item in still_mine(tx, posting)
        if not item.late(tx.now) and (item.later_at is None or item.later_at <= tx.now)
    ]
    return _draw(tx, roster, posting, left)


def render_later(tx: Tx, roster: Roster, posting: Posting) -> Message | None:
    """Only the moment asked for last still stands."""
    return _draw(tx, roster, posting, [one for one in still_mine(tx, posting) if later_subject(one) == posting.subject])


@nudge("reminder", rank=60, render=render_reminder)
def reminder(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """Has no schedule: written ahead when an item opens (bot.engine.reminding)."""
    return ()


@nudge("later", rank=61, render=render_later, asked=True)
def later(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """Has no schedule: written when somebody puts a task off (bot.engine.reminding)."""
    return ()
