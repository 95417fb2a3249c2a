from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from bot.domain.rhythm import Closed, Daily, Rhythm
from bot.engine.opening import open_day
from bot.registry import nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.ports import Tx
    from bot.registry import Parcel


@nudge("opening", rank=0, rhythm=lambda _team, _defaults: Rhythm(Daily(), (time.min,), Closed.KEEP))
def opening(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """At local midnight the day's items open; nothing is said."""
    open_day(tx, roster, occurrence.nominal.date())
    return ()
