from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.posting import Destination
from bot.nudges.morning import render
from bot.registry import Parcel, nudge
from bot.today import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.ports import Tx


@nudge("veille", rank=20, render=render)
def veille(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """The daily watch, at its template's own moment: part of the morning card when they fall together."""
    day = occurrence.nominal.date()
    items = [item for item in items_of(tx, roster.team, day) if item.task.key == "veille"]
    if roster.team.home and items:
        yield Parcel(Destination(channel=roster.team.home), day.isoformat(), tuple(item.id for item in items))
