"""The day of a team: which items matter between two local midnights."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.civil import instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from bot.domain.checklist import Item
    from bot.domain.team import Team
    from bot.ports import Tx


def bounds(team: Team, day: date) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and ends."""
    return _bounds(team.tz, day)


@lru_cache(maxsize=1024)
def _bounds(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    midnight = datetime.combine(day, time.min)
    return instant(midnight, zone), instant(midnight + timedelta(days=1), zone)


def items_of(tx: Tx, team: Team, day: date) -> Sequence[Item]:
    """What can be listed and ticked that day, by start."""
    return tx.items.between(team.id, *bounds(team, day))
