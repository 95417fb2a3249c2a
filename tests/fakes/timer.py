"""A timer that a test reads, and fires by hand (port: bot.ports.Timer)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PATIENCE = 20.0


class HandTimer:
    """Remembers for when it is armed; nothing fires by itself."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self.armed = 0
        """How often it was armed."""
        self._wake: Callable[[], None] | None = None
        self._changed = asyncio.Event()

    def arm(self, at: datetime, wake: Callable[[], None]) -> None:
        self.at, self._wake = at, wake
        self.armed += 1
        self._changed.set()

    def stop(self) -> None:
        self.at = self._wake = None

    def fire(self) -> None:
        """The armed instant has come."""
        assert self._wake is not None, "nothing is armed"
        self._wake()

    async def next(self) -> datetime:
        """The instant that it is armed for next."""
        self._changed.clear()
        async with asyncio.timeout(PATIENCE):
            await self._changed.wait()
        assert self.at is not None
        return self.at

    async def until(self, at: datetime) -> None:
        """Wait until it is armed for that instant."""
        while self.at != at:
            await self.next()
