"""The closing policy of an open item, by local day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.tasks.task import Closing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.catalogue.loader import Catalogue
    from bot.tasks.checklist import Item
    from bot.teams.team import Team


def is_dropped(item: Item, catalogue_of: Callable[[str], Catalogue], team: Team, day: date) -> bool:
    """Tell whether an open item of an earlier day is dropped on `day`: by its policy, or carried to the catalogue's
    limit. An item whose deadline is on `day` or later is kept.
    """
    if item.deadline is not None and team.today(item.deadline) >= day:
        return False
    if item.closing is not Closing.CARRY:
        return item.closing is Closing.DROP
    entry = catalogue_of(team.id).tasks.get(item.task.key)
    if entry is None or entry.carry_until is None:
        return False
    began = team.today(item.start)
    return day > began + timedelta(days=(entry.carry_until - began.isoweekday()) % 7)
