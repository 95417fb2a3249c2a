from __future__ import annotations

from typing import TYPE_CHECKING

from bot.registry import nudge
from bot.tasks.nudges.morning import day_card, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.registry import Parcel


@nudge("calendar", rank=21, render=render, within="morning")
def calendar(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan the editorial calendar: a line of the morning card when they fall together."""
    return day_card(view, occurrence, {"calendar"})
