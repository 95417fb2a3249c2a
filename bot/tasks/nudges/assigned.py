from __future__ import annotations

from typing import TYPE_CHECKING

from bot.registry import nudge
from bot.tasks.cards.tasks import draw_assigned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message
    from bot.registry import Parcel


def render(view: View, card: Card) -> Message | None:
    """Draw « Léa te confie une tâche. »; None when it was settled or reassigned before it left."""
    posting = card.posting
    reader = view.roster.member(posting.destination.member)
    item = next((item for _, item in card.items), None)
    if item is None or reader is None or (posting.ref is None and not card.still_mine):
        return None
    return draw_assigned(view, reader, item, view.roster.name(posting.subject))


@nudge("given", rank=5, render=render)
def assigned(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan nothing: the message is enqueued when a member is assigned a task (bot.tasks.reminding)."""
    return ()
