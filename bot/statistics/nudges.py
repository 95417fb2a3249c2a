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
    """The ritual's card, in the channel."""
    found = card.of(KEY)
    if not found:
        return None
    return draw(view.roster, view.roster.texts, found[0], view.tx.teams.accounts(view.team.id), view.now)


@nudge(KEY, rank=31, render=render, catch_up=CatchUp.LATEST)
def statistics(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """On the first working day: last month's figures, by the third."""
    return day_card(view, occurrence, {KEY})
