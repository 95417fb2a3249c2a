"""What cannot wait: the channel's card of an alert, and the word to each person on the urgent ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.urgent import alert, told
from bot.domain.ladder import after_last, climbs, next_rung, told_by, working
from bot.domain.posting import Destination
from bot.domain.schedule import CatchUp
from bot.engine.urgent import owe_rung
from bot.registry import Parcel, nudge

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.domain.checklist import Item
    from bot.domain.posting import Card
    from bot.domain.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message


def render(view: View, card: Card) -> Message | None:
    """In the channel the alert as it stands. In private what is still nobody's; nothing when that is settled by then,
    and how it stands once it is out.
    """
    items = [item for _, item in card.items]
    if card.posting.destination.channel is not None:
        return alert(view, items[0]) if items else None
    reader = view.roster.member(card.posting.destination.member)
    left = [item for item in items if climbs(item, view.now)]
    if reader is None or not (left or card.posting.ref):
        return None
    return told(view, reader, left or items)


@nudge("urgent", rank=3, render=render, asked=True, urgent=True, catch_up=CatchUp.LATEST)
def urgent(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """One rung: the one person whose turn it is now. The next rung is left behind it, up to the ceiling."""
    _, item_id, step = occurrence.nudge.split(":")
    rung = int(step)
    item = next((one for one in view.items(view.team.today(view.now)) if one.id == item_id), None)
    if item is None or not climbs(item, view.now):
        return
    if item.later_at is not None and item.later_at > view.now:  # its holder asked to hear of it then
        owe_rung(view.tx, view.team, item, item.later_at, rung)
        return
    yield from _parcels(view, item, rung)
    _leave(view, item, rung)


def _parcels(view: View, item: Item, rung: int) -> Iterable[Parcel]:
    """An alert is first told to everybody, with a mention; without a channel, and from then on, to one person."""
    first = rung == 1 and item.task.alert and view.team.home and working(view.now, view.team, view.defaults)
    if first:
        yield Parcel(Destination(channel=view.team.home), item.id, (item.id,))
        return
    for member in told_by(item, rung, view.now, view.roster, view.defaults):
        yield Parcel(Destination(member=member.id), item.id, (item.id,))


def _leave(view: View, item: Item, rung: int) -> None:
    """The next rung, if there is one; a ladder climbed by who is on call goes on with the others at the opening."""
    at: datetime | None = None
    if told_by(item, rung + 1, view.now, view.roster, view.defaults):
        at = next_rung(item, view.now.replace(second=0, microsecond=0), view.roster, view.defaults)
    elif rung < view.defaults.ladder.reminders + view.defaults.ladder.escalations:
        at = after_last(view.now, view.team, view.defaults)
    if at is not None:
        owe_rung(view.tx, view.team, item, at, rung + 1)
