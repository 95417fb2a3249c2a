"""Business time. Nothing else in the product asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the instant that rules are applied at."""

    def now(self) -> datetime:
        """The current instant, aware, UTC, whole milliseconds (what storage keeps)."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return whole_ms(datetime.now(UTC))


class VirtualClock:
    """A clock that stands still until it is moved: the demo, the preview and the stories."""

    def __init__(self, start: datetime) -> None:
        self._now = whole_ms(start.astimezone(UTC))

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Jump to an instant, forwards or backwards."""
        self._now = whole_ms(instant.astimezone(UTC))

    def advance(self, by: timedelta) -> None:
        self._now += by


def whole_ms(instant: datetime) -> datetime:
    """An instant cut to the precision of storage."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
