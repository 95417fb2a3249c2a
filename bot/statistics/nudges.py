from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.schedule import CatchUp
from bot.registry import nudge
from bot.statistics.cards import statistics as draw
from bot.tasks.nudges.morning import day_card

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message
    from bot.registry import Parcel

KEY = "statistics"


def render(view: View, card: Card) -> Message | None:
    """Draw the card of the figures for the channel; None without an item."""
    items = card.of(KEY)
    if not items:
        return None
    return draw(view.roster, view.roster.texts, items[0], view.tx.teams.accounts(view.team.id), view.now)


@nudge(KEY, rank=31, render=render, catch_up=CatchUp.LATEST)
def statistics(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan the card of last month's figures, on the first working day."""
    return day_card(view, occurrence, {KEY})
