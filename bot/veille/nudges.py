from __future__ import annotations

from typing import TYPE_CHECKING

from bot.registry import nudge
from bot.tasks.nudges.morning import day_card, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.registry import Parcel


@nudge("veille", rank=20, render=render, within="morning")
def veille(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan the daily social listening at its template's time; the morning card includes it when both coincide."""
    return day_card(view, occurrence, {"veille"})
