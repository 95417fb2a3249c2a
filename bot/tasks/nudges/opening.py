from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from bot.engine.rhythm import Closed, Daily, Rhythm
from bot.registry import nudge
from bot.tasks.opening import open_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.registry import Parcel


@nudge("opening", rank=0, rhythm=lambda _team, _defaults: Rhythm(Daily(), (time.min,), Closed.KEEP), heavy=True)
def opening(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Open the day's items at local midnight, without a message."""
    open_day(view.tx, view.roster, view.team.today(view.now))
    view.reread()
    return ()
