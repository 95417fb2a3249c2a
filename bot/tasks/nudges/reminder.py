"""Private reminders of a member's own tasks: before a deadline, and at a moment that they asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.registry import nudge
from bot.tasks.cards.tasks import draw_reminder
from bot.tasks.reminding import later_subject, routine_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message
    from bot.registry import Parcel
    from bot.tasks.checklist import Item


def _draw_items(view: View, card: Card, items: list[Item]) -> Message | None:
    reader = view.roster.member(card.posting.destination.member)
    return draw_reminder(view.roster, view.roster.texts_for(reader), items, view.now) if items and reader else None


def render_reminder(view: View, card: Card) -> Message | None:
    """Draw the reminder; None when its items are settled, reassigned, snoozed, late (the recap has them) or have got
    more time since.
    """
    window = timedelta(minutes=view.defaults.limits.window_minutes)
    moments = ((item, routine_moment(item, view.team, view.defaults)) for item in card.still_mine)
    due = [item for item, at in moments if at and at - window <= view.now and not item.late(view.now)]
    return _draw_items(view, card, [item for item in due if item.later_at is None or item.later_at <= view.now])


def render_later(view: View, card: Card) -> Message | None:
    """Draw the items at the moment last asked for; after a stop, every item whose moment has come (bot.engine.catchup).

    An item without a holder belongs to the member who snoozed it.
    """
    own_items = [
        item for _, item in card.items if item.is_open and item.holder in (None, card.posting.destination.member)
    ]
    if "catchup" in card.posting.kind.split("+"):
        return _draw_items(view, card, [item for item in own_items if item.later_at and item.later_at <= view.now])
    return _draw_items(view, card, [item for item in own_items if later_subject(item) == card.posting.subject])


@nudge("reminder", rank=60, render=render_reminder)
def reminder(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan nothing: the reminder is enqueued when an item opens (bot.tasks.reminding)."""
    return ()


@nudge("later", rank=61, render=render_later, on_request=True)
def later(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan nothing: the message is enqueued when a member snoozes an item (bot.tasks.reminding)."""
    return ()
