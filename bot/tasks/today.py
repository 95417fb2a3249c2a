"""Items of a team between two local midnights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.teams.team import Team


def items_of(tx: Tx, team: Team, day: date) -> Sequence[Item]:
    """Return the items that can be listed and ticked on a local day, by start."""
    return tx.items.between(team.id, *day_bounds(team, day))
