from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.engine.schedule import CatchUp
from bot.influencers.cards import contact
from bot.registry import nudge
from bot.tasks.nudges.morning import day_card

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.influencers.influencer import Influencer
    from bot.message import Message
    from bot.registry import Parcel

KEY = "influencer"


def proposed(view: View, week: date) -> Influencer | None:
    """Whom to write to that week: each active one in turn, nobody twice before the others."""
    known = [one for one in view.tx.influencers.all(view.team.id) if one.active]
    return known[week.toordinal() // 7 % len(known)] if known else None


def render(view: View, card: Card) -> Message | None:
    """The ritual's card, in the channel."""
    items = card.of(KEY)
    if not items:
        return None
    found = proposed(view, date.fromisoformat(card.posting.subject))
    network = view.catalogue.networks.get(found.network or "") if found else None
    title = network.title.of(view.roster.texts.language) if network else ""
    return contact(view.roster, view.roster.texts, items[0], (found, title) if found else None, view.now)


@nudge(KEY, rank=30, render=render, catch_up=CatchUp.LATEST)
def influencer(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """On Monday: one contact to make this week. With nobody on the roster it is proposed once, then silence."""
    if proposed(view, occurrence.nominal.date()) is None and view.tx.postings.ever(view.team.id, KEY):
        return ()
    return day_card(view, occurrence, {KEY})
