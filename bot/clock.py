"""Business time: the only module of the product that reads the current time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of the current instant, at which rules are applied."""

    def now(self) -> datetime:
        """Return the current instant: aware, UTC, whole milliseconds (what storage keeps)."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return whole_ms(datetime.now(UTC))


class VirtualClock:
    """A clock that advances only on request, for the demo, the preview and the stories."""

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
    """Truncate an instant to whole milliseconds, the precision of storage."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
