from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.cards.contact import contact
from bot.nudges.morning import day_card
from bot.registry import nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.influencer import Influencer
    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.message import Message
    from bot.ports import Tx
    from bot.registry import Parcel

KEY = "influencer"


def proposed(tx: Tx, team: str, week: date) -> Influencer | None:
    """Whom to write to that week: each active one in turn, nobody twice before the others."""
    known = [one for one in tx.influencers.all(team) if one.active]
    return known[week.toordinal() // 7 % len(known)] if known else None


def render(tx: Tx, roster: Roster, posting: Posting) -> Message | None:
    """The ritual's card, in the channel."""
    shown = [item for _, item in tx.postings.items(posting.team, posting.id)]
    item = next((one for one in tx.items.many(posting.team, shown) if one.task.key == KEY), None)
    if item is None:
        return None
    found = proposed(tx, posting.team, date.fromisoformat(posting.subject))
    networks = tx.catalogue(posting.team).networks
    network = networks.get(found.network or "") if found else None
    title = network.title.of(roster.texts.language) if network else ""
    return contact(roster, roster.texts, item, (found, title) if found else None, tx.now)


@nudge(KEY, rank=30, render=render)
def influencer(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """On Monday: one contact to make this week. With nobody on the roster it is proposed once, then silence."""
    if proposed(tx, roster.team.id, occurrence.nominal.date()) is None and tx.postings.ever(roster.team.id, KEY):
        return ()
    return day_card(tx, roster, occurrence, {KEY})
