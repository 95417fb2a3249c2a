from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.holders import draw_now, still_mine, to_holders
from bot.registry import nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.message import Message
    from bot.ports import Tx
    from bot.registry import Parcel


def render(tx: Tx, roster: Roster, posting: Posting) -> Message | None:
    """The team's own tasks of this moment, to whoever holds them; those that another nudge draws are not repeated."""
    catalogue = tx.catalogue(posting.team).tasks
    named = [
        item for item in still_mine(tx, posting) if (entry := catalogue.get(item.task.key)) is None or not entry.nudge
    ]
    return draw_now(tx, roster, posting, named)


@nudge("task", rank=50, render=render, asked=True)
def task(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """Every template that has no nudge of its own, at its own moment: in private, to whoever holds its items."""
    template = tx.templates.keyed(roster.team.id, occurrence.nudge)
    if template is None or template.state != "active":
        return ()
    return to_holders(tx, roster, occurrence, {one.key for one in template.tasks})
