"""Build nudges that tell holders in private that their items begin: « C’est l’heure : … »."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.posting import Destination
from bot.engine.schedule import CatchUp
from bot.registry import Nudge, Parcel
from bot.tasks.cards.tasks import draw_start

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message
    from bot.tasks.checklist import Item


def private(name: str, *, rank: int, catch_up: CatchUp) -> Nudge:
    """Build the nudge of one catalogue task whose holder is told in private when it begins."""

    def plan(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
        return to_holders(view, occurrence, {name})

    def render(view: View, card: Card) -> Message | None:
        return draw_now(view, card, [item for item in card.still_mine if item.task.key == name])

    return Nudge(name, rank, plan, render, catch_up=catch_up)


def to_holders(view: View, occurrence: Occurrence, keys: Collection[str]) -> Iterable[Parcel]:
    """Yield one private parcel for each held, open item of these tasks that starts at the occurrence."""
    for item in view.items(view.team.today(view.now)):
        if item.task.key in keys and item.is_open and item.start == occurrence.due_at and item.holder:
            yield Parcel(Destination(member=item.holder), occurrence.nominal.date().isoformat(), (item.id,))


def draw_now(view: View, card: Card, items: Iterable[Item]) -> Message | None:
    """Draw « C’est l’heure : les réponses aux messages. »; return None once the items are settled or reassigned."""
    started = [item for item in items if item.start <= view.now]
    reader = view.roster.member(card.posting.destination.member)
    if not started or reader is None:
        return None
    return draw_start(view.roster, view.roster.texts_for(reader), started, view.now)


replies = private("replies", rank=40, catch_up=CatchUp.SKIP)
strategy = private("strategy", rank=45, catch_up=CatchUp.LATEST)
about = private("about", rank=46, catch_up=CatchUp.LATEST)
