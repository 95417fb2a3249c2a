"""Judge whether this process does its work: list the reasons why it does not, each with its age."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.engine.engine import POLL
from bot.errors import VigieError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.engine.engine import Engine
    from bot.engine.sender import Sender
    from bot.ports import Store, Tx

OLDEST_TICK = 3 * POLL
OLDEST_DUE = timedelta(minutes=5)
LONGEST_FAILING = timedelta(minutes=5)
ANSWER = 3.0
"""Seconds that the database has to answer."""


class Look(NamedTuple):
    """Reasons why work is not being done, with seconds (empty when all is well), and figures in any case.

    Reasons: `starting`: no tick has ended yet. `tick`: the last one is too old. `backlog`: what should have left still
    waits. `sending`: a platform has taken nothing for a while. `database`: it does not answer.
    Figures: `tick_seconds`: the last tick's age. `backlog`: deliveries that should have left. `backlog_seconds`: how
    long ago the oldest should have. `failing`: platforms of which every call is to be tried again. None: not known.
    """

    reasons: Mapping[str, int]
    figures: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Health:
    """Reads what readiness is judged by; writes nothing."""

    store: Store
    engine: Engine
    sender: Sender
    clock: Clock

    async def look(self) -> Look:
        """Look at the engine, the sender and the database now."""
        now, ticked_at = self.clock.now(), self.engine.ticked_at
        since = list(self.sender.failing_since.values())
        tick = None if ticked_at is None else now - ticked_at
        sending = now - min(since, default=now)
        backlog, oldest = await self._read_backlog(now)
        reasons: dict[str, int] = {}
        if tick is None:
            reasons["starting"] = 0
        else:
            _note_reason(reasons, "tick", tick, OLDEST_TICK)
        if oldest is None:
            reasons["database"] = 0
        else:
            _note_reason(reasons, "backlog", oldest, OLDEST_DUE)
        _note_reason(reasons, "sending", sending, LONGEST_FAILING)
        ages = {"tick_seconds": _to_seconds(tick), "backlog": backlog, "backlog_seconds": _to_seconds(oldest)}
        return Look(reasons, {**ages, "failing": len(since)})

    async def _read_backlog(self, now: datetime) -> tuple[int | None, timedelta | None]:
        """Count what should have left, and the age of the oldest; None while the database does not answer."""

        def read(tx: Tx) -> tuple[int, datetime | None]:
            return tx.outbox.waiting(now), tx.outbox.next_at()

        try:
            async with asyncio.timeout(ANSWER):
                count, due = await self.store.read(read)
        except (VigieError, TimeoutError):
            return None, None
        return count, max(now - due, timedelta()) if due else timedelta()


def _note_reason(reasons: dict[str, int], reason: str, age: timedelta, most: timedelta) -> None:
    if age > most:
        reasons[reason] = int(age.total_seconds())


def _to_seconds(age: timedelta | None) -> int | None:
    return None if age is None else int(age.total_seconds())
