from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.statistics import statistics as card
from bot.nudges.morning import day_card
from bot.registry import nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.message import Message
    from bot.ports import Tx
    from bot.registry import Parcel

KEY = "statistics"


def render(tx: Tx, roster: Roster, posting: Posting) -> Message | None:
    """The ritual's card, in the channel."""
    shown = [item for _, item in tx.postings.items(posting.team, posting.id)]
    found = next((item for item in tx.items.many(posting.team, shown) if item.task.key == KEY), None)
    if found is None:
        return None
    return card(roster, roster.texts, found, tx.teams.accounts(posting.team), tx.now)


@nudge(KEY, rank=31, render=render)
def statistics(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """On the first working day: last month's figures, by the third."""
    return day_card(tx, roster, occurrence, {KEY})
