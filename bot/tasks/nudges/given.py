from __future__ import annotations

from typing import TYPE_CHECKING

from bot.registry import nudge
from bot.tasks.cards.tasks import given as draw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message
    from bot.registry import Parcel


def render(view: View, card: Card) -> Message | None:
    """« Léa te confie une tâche. » ; void when it was settled or given on before it could be said."""
    posting = card.posting
    reader = view.roster.member(posting.destination.member)
    item = next((item for _, item in card.items), None)
    if item is None or reader is None or (posting.ref is None and not card.still_mine):
        return None
    return draw(view, reader, item, view.roster.name(posting.subject))


@nudge("given", rank=5, render=render)
def given(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Has no schedule: written when somebody is given a task (bot.tasks.reminding)."""
    return ()
