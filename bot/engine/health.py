"""Whether this process does its work: the reasons why it does not, each with how long that has been so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.engine.engine import POLL
from bot.errors import VigieError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clock import Clock
    from bot.engine.engine import Engine
    from bot.engine.sender import Sender
    from bot.ports import Store

OLDEST_TICK = 3 * POLL
OLDEST_DUE = timedelta(minutes=5)
LONGEST_FAILING = timedelta(minutes=5)
ANSWER = 3.0
"""Seconds that the database has to answer."""


@dataclass(frozen=True, slots=True)
class Health:
    """What readiness is judged by. Nothing here is written."""

    store: Store
    engine: Engine
    sender: Sender
    clock: Clock

    async def reasons(self) -> Mapping[str, int]:
        """Why work is not being done, with seconds; empty when all is well.

        `starting`: no tick has ended yet. `tick`: the last one is too old. `backlog`: what should have left still
        waits. `sending`: a platform has taken nothing for a while. `database`: it does not answer.
        """
        now = self.clock.now()
        found: dict[str, int] = {}
        if self.engine.ticked_at is None:
            found["starting"] = 0
        else:
            _note(found, "tick", now - self.engine.ticked_at, OLDEST_TICK)
        try:
            async with asyncio.timeout(ANSWER):
                due = await self.store.read(lambda tx: tx.outbox.next_at())
        except (VigieError, TimeoutError):
            found["database"] = 0
        else:
            _note(found, "backlog", now - due if due else timedelta(), OLDEST_DUE)
        failing = min(list(self.sender.failing_since.values()), default=now)
        _note(found, "sending", now - failing, LONGEST_FAILING)
        return found


def _note(found: dict[str, int], reason: str, age: timedelta, most: timedelta) -> None:
    if age > most:
        found[reason] = int(age.total_seconds())
