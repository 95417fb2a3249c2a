from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.rhythm import Once
from bot.engine.schedule import CatchUp
from bot.registry import nudge
from bot.tasks.nudges.private import draw_now, to_holders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Message
    from bot.registry import Parcel


def render(view: View, card: Card) -> Message | None:
    """Draw the team's own tasks of this moment for their holder, without those that another nudge draws."""
    catalogue = view.catalogue.tasks
    items = [item for item in card.still_mine if (entry := catalogue.get(item.task.key)) is None or not entry.nudge]
    return draw_now(view, card, items)


@nudge("task", rank=50, render=render, on_request=True, catch_up=CatchUp.LATEST)
def task(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan the private messages of a template without a nudge of its own, at its own moment, for its items' holders.

    A recurrent task is subject to the day's cap; a task of one moment is not.
    """
    template = view.tx.templates.keyed(view.team.id, occurrence.nudge)
    if template is None or template.state != "active":
        return
    recurs = template.rhythm is not None and not isinstance(template.rhythm.rule, Once)
    for parcel in to_holders(view, occurrence, {task.key for task in template.tasks}):
        yield parcel._replace(capped=recurs)
