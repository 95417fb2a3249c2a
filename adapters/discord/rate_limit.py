"""The gate before every call: Discord takes 50 a second from a bot and bans one that it has to refuse too often.

1. discord.py knows the limits of single routes, but not the one over all of them: 400 messages at once would be 1,264
   refusals. Here each call waits for its turn, evenly spaced, at 45 a second over all processes together.
2. 10,000 refusals (401, 403, 429) within ten minutes are a ban of hours. At 2,000 nothing more is sent until they age.

Callbacks of interactions, and what follows them, are outside that limit: they do not come this way (`api.answer`).
https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog

from bot.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger()

RATE = 45.0
"""Calls a second of all processes together."""
MOST = 2000
"""Refusals within WINDOW at which the circuit opens."""
WINDOW = 600.0
BEHIND = 3
"""Turns that a busy event loop may catch up on: with one more, 50 calls could leave within a second."""
COUNTED = frozenset({401, 403, 429})
OPEN = 60.0
"""Seconds after which a call that the open circuit held back is tried again."""


class Gate:
    """Limits the calls of one process. `share` is its part of the whole rate: one half for each of two processes."""

    def __init__(self, rate: float = RATE, share: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = max(rate * share, 1.0)
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._next = clock() + random.uniform(0.0, 1.0 / self.rate)  # noqa: S311  # processes must not march in step
        self._refused: deque[float] = deque()
        self.most = MOST

    @property
    def interval(self) -> float:
        """Seconds between two calls."""
        return 1.0 / self.rate

    @property
    def refused(self) -> int:
        """Number of calls refused within the last ten minutes."""
        oldest = self._clock() - WINDOW
        while self._refused and self._refused[0] < oldest:
            self._refused.popleft()
        return len(self._refused)

    async def turn(self) -> None:
        """Wait for the next free place. Raises TransportError while the circuit is open."""
        self._check()
        async with self._one_at_a_time:
            await asyncio.sleep(self._next - self._clock())
            now = self._clock()
            self._next = max(self._next, now - BEHIND * self.interval) + self.interval
        self._check()

    def _check(self) -> None:
        if self.refused >= self.most:
            raise TransportError("discord.circuit", permanent=False, retry_after=OPEN)

    def count(self, status: int, scope: str = "") -> None:
        """Count an answer. Discord does not count a refusal that other bots caused (scope `shared`)."""
        if status in COUNTED and scope != "shared":
            self._refused.append(self._clock())
            if self.refused == self.most:
                log.critical("discord refuses too much: nothing is sent for some minutes", refused=self.most)

    def trace(self) -> aiohttp.TraceConfig:
        """Build the trace by which aiohttp calls the gate before each attempt and after each answer."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._start)
        config.on_request_end.append(self._end)
        return config

    async def _start(self, _session: Any, _context: Any, request: aiohttp.TraceRequestStartParams) -> None:
        if request.url.scheme in ("http", "https"):  # not the gateway's own connection
            await self.turn()

    async def _end(self, _session: Any, _context: Any, answer: aiohttp.TraceRequestEndParams) -> None:
        self.count(answer.response.status, answer.response.headers.get("X-RateLimit-Scope", ""))
