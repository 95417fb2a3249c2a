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
    """The team's own tasks of this moment, to whoever holds them; those that another nudge draws are not repeated."""
    catalogue = view.catalogue.tasks
    own = [one for one in card.still_mine if (known := catalogue.get(one.task.key)) is None or not known.nudge]
    return draw_now(view, card, own)


@nudge("task", rank=50, render=render, on_request=True, catch_up=CatchUp.LATEST)
def task(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Every template that has no nudge of its own, at its own moment: in private, to whoever holds its items.

    What recurs is subject to the day's cap; what somebody asked to be told of once is not.
    """
    template = view.tx.templates.keyed(view.team.id, occurrence.nudge)
    if template is None or template.state != "active":
        return
    recurs = template.rhythm is not None and not isinstance(template.rhythm.rule, Once)
    for parcel in to_holders(view, occurrence, {one.key for one in template.tasks}):
        yield parcel._replace(capped=recurs)
