from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.engine.schedule import CatchUp
from bot.influencers.cards import draw_contact
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


def choose_influencer(view: View, week: date) -> Influencer | None:
    """Choose the influencer to contact in a week: each active one in turn; None without any."""
    active = [influencer for influencer in view.tx.influencers.all(view.team.id) if influencer.active]
    return active[week.toordinal() // 7 % len(active)] if active else None


def render(view: View, card: Card) -> Message | None:
    """Draw the contact of the week for the channel; None without an item."""
    items = card.of(KEY)
    if not items:
        return None
    proposal = choose_influencer(view, date.fromisoformat(card.posting.subject))
    network = view.catalogue.networks.get(proposal.network or "") if proposal else None
    title = network.title.of(view.roster.texts.language) if network else ""
    return draw_contact(view.roster, view.roster.texts, items[0], (proposal, title) if proposal else None, view.now)


@nudge(KEY, rank=30, render=render, catch_up=CatchUp.LATEST)
def influencer(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan the contact of the week, on Monday. With an empty roster, only the first time."""
    if choose_influencer(view, occurrence.nominal.date()) is None and view.tx.postings.ever(view.team.id, KEY):
        return ()
    return day_card(view, occurrence, {KEY})
