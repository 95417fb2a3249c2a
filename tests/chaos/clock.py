"""Business time that runs faster than the machine's, so that an afternoon of whole minutes takes seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.timer import ApschedulerTimer
from bot.clock import whole_ms

if TYPE_CHECKING:
    from collections.abc import Callable

SPEED = 30.0
"""Business seconds in one real second: a minute takes two seconds."""
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class FastClock:
    """`START` at the machine's time `since` (seconds), then `SPEED` times as fast (port: bot.clock.Clock)."""

    since: float

    def now(self) -> datetime:
        return whole_ms(START + timedelta(seconds=(time.time() - self.since) * SPEED))

    def real(self, at: datetime) -> float:
        """The machine's time, in seconds, at a business instant."""
        return self.since + (at - START).total_seconds() / SPEED


class FastTimer(ApschedulerTimer):
    """The product's own timer, armed for the real instant that a business one stands for."""

    def __init__(self, clock: FastClock) -> None:
        super().__init__()
        self._clock = clock

    def arm(self, at: datetime, wake: Callable[[], None]) -> None:
        super().arm(datetime.fromtimestamp(self._clock.real(at), UTC), wake)
