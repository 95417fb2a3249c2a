"""What is said to one person about their own tasks: before a deadline, and when they asked to hear of it later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.registry import nudge
from bot.tasks.cards.tasks import reminder as draw_reminder
from bot.tasks.reminding import later_subject, routine_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message
    from bot.registry import Parcel
    from bot.tasks.checklist import Item


def _draw(view: View, card: Card, items: list[Item]) -> Message | None:
    reader = view.roster.member(card.posting.destination.member)
    return draw_reminder(view.roster, view.roster.texts_for(reader), items, view.now) if items and reader else None


def render_reminder(view: View, card: Card) -> Message | None:
    """Nothing when all of it is settled, given away, put off until later, or past its deadline (the recap has it); nor
    of what has been given more time since.
    """
    window = timedelta(minutes=view.defaults.limits.window_minutes)
    moments = ((one, routine_moment(one, view.team, view.defaults)) for one in card.still_mine)
    left = [one for one, at in moments if at and at - window <= view.now and not one.late(view.now)]
    return _draw(view, card, [one for one in left if one.later_at is None or one.later_at <= view.now])


def render_later(view: View, card: Card) -> Message | None:
    """Only the moment asked for last still stands; after a stop, every one that has come (bot.engine.catchup).

    What nobody holds is the business of whoever put it off.
    """
    mine = [one for _, one in card.items if one.is_open and one.holder in (None, card.posting.destination.member)]
    if "catchup" in card.posting.kind.split("+"):
        return _draw(view, card, [one for one in mine if one.later_at and one.later_at <= view.now])
    return _draw(view, card, [one for one in mine if later_subject(one) == card.posting.subject])


@nudge("reminder", rank=60, render=render_reminder)
def reminder(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Has no schedule: written ahead when an item opens (bot.tasks.reminding)."""
    return ()


@nudge("later", rank=61, render=render_later, on_request=True)
def later(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Has no schedule: written when somebody puts a task off (bot.tasks.reminding)."""
    return ()
