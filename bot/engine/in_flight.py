"""Keep batches on their way to platforms while the next one is planned."""

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
    """Sends batches beside the planner.

    Any number of planned batches may be on their way: they are posts of messages that nobody knows yet. Of claimed
    ones there is one at a time, so that the edits of a message leave in their order.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._planned: set[asyncio.Task[None]] = set()
        self._claimed: asyncio.Task[None] | None = None
        self.claimed_at = -math.inf
        """Time of the last look at the outbox, on the process's monotonic clock."""

    @property
    def _all_tasks(self) -> set[asyncio.Task[None]]:
        return self._planned | ({self._claimed} if self._claimed else set())

    def take(self, leased: Sequence[Delivery]) -> None:
        """Send what was born leased."""
        if leased:
            self._planned.add(self._sender.begin(leased))

    async def claim(self) -> bool:
        """Send what waits, unless a claim is still on its way; return True if there was any."""
        if self._claimed is None:
            self.claimed_at = monotonic()
            claimed = await self._sender.claim()
            if claimed:
                self._claimed = self._sender.begin(claimed)
                return True
        return False

    async def make_room(self, *, large: bool) -> None:
        """Wait a short while for room for another batch.

        Beside a large batch the next is planned as soon as there is room; after a small one there is no hurry, and what
        is due meanwhile makes one batch instead of many.
        """
        if not large:
            await self._wait_for_tasks(SLOW, asyncio.ALL_COMPLETED)
        elif self._sender.full:
            await self._wait_for_tasks(SLOW, asyncio.FIRST_COMPLETED)
        self._collect_done()

    async def next_done(self) -> bool:
        """Wait a short while for something on its way to arrive: more may be due by then.

        Return False when nothing is on its way.
        """
        if not self._all_tasks:
            return False
        await self._wait_for_tasks(SLOW, asyncio.FIRST_COMPLETED)
        self._collect_done()
        return True

    async def finish(self) -> None:
        """Wait for all of it, then raise the first fault, if there is one."""
        for fault in await asyncio.gather(*self._all_tasks, return_exceptions=True):
            if fault is not None:
                raise fault

    async def _wait_for_tasks(self, most: float, until: str) -> None:
        if self._all_tasks:
            await asyncio.wait(self._all_tasks, timeout=most, return_when=until)

    def _collect_done(self) -> None:
        """Forget the tasks that have ended, raising the fault of one of them instead of swallowing it."""
        done = [task for task in self._all_tasks if task.done()]
        self._planned -= set(done)
        if self._claimed in done:
            self._claimed = None
        for task in done:
            task.result()
