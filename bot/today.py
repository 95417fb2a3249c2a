"""The day of a team: which items matter between two local midnights."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.domain.civil import instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.checklist import Item
    from bot.domain.team import Team
    from bot.ports import Tx


def bounds(team: Team, day: date) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and ends."""
    midnight = datetime.combine(day, time.min)
    return instant(midnight, team.tz), instant(midnight + timedelta(days=1), team.tz)


def items_of(tx: Tx, team: Team, day: date) -> Sequence[Item]:
    """What can be listed and ticked that day, by start."""
    return tx.items.between(team.id, *bounds(team, day))
