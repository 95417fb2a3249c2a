"""What a process has in hand: batches that are on their way to platforms while the next one is planned."""

from __future__ import annotations

import asyncio
import math
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.posting import Delivery
    from bot.engine.sender import Sender

SLOW = 1.0
"""Seconds after which planning no longer waits for what is on its way: the rest waits in the outbox instead."""


class InFlight:
    """Sends beside whoever plans.

    Any number of planned batches may be on their way: they are posts of messages that nobody knows yet. Of claimed
    ones there is one at a time, so that the edits of a message leave in their order.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._planned: set[asyncio.Task[None]] = set()
        self._claimed: asyncio.Task[None] | None = None
        self.claimed_at = -math.inf
        """When the outbox was looked at last, on the process's monotonic clock."""

    @property
    def _tasks(self) -> set[asyncio.Task[None]]:
        return self._planned | ({self._claimed} if self._claimed else set())

    def take(self, leased: Sequence[Delivery]) -> None:
        """Send what was born leased."""
        if leased:
            self._planned.add(self._sender.begin(leased))

    async def claim(self) -> bool:
        """Send what waits, unless a claim is on its way still; whether there was any."""
        if self._claimed is None:
            self.claimed_at = monotonic()
            claimed = await self._sender.claim()
            if claimed:
                self._claimed = self._sender.begin(claimed)
                return True
        return False

    async def make_room(self, *, large: bool) -> None:
        """Wait, not for long: beside a large batch another one may be planned as soon as there is room for it, after a
        small one there is no hurry, and what is due meanwhile makes one batch instead of many.
        """
        if not large:
            await self._wait(SLOW, asyncio.ALL_COMPLETED)
        elif self._sender.full:
            await self._wait(SLOW, asyncio.FIRST_COMPLETED)
        self._let_go()

    async def next_done(self) -> bool:
        """Wait until something that is on its way has arrived, but not for long: more may be due by then. False when
        nothing is on its way.
        """
        if not self._tasks:
            return False
        await self._wait(SLOW, asyncio.FIRST_COMPLETED)
        self._let_go()
        return True

    async def finish(self) -> None:
        """Wait for all of it. The first fault is raised once all have arrived."""
        for one in await asyncio.gather(*self._tasks, return_exceptions=True):
            if one is not None:
                raise one

    async def _wait(self, most: float, until: str) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=most, return_when=until)

    def _let_go(self) -> None:
        """Forget what has arrived. A fault of one of them is raised here, not swallowed."""
        done = [one for one in self._tasks if one.done()]
        self._planned -= set(done)
        if self._claimed in done:
            self._claimed = None
        for one in done:
            one.result()
