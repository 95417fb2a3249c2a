"""Was the product stopped, since when, and which moments went by meanwhile: what the one digest afterwards says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.schedule import Occurrence
    from bot.ports import Tx

ALIVE, STOPPED = "alive", "stopped"
LATE = timedelta(minutes=5)
"""A gap between two signs of life that people would notice."""
HEARTBEAT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Stop:
    """The product was stopped from one instant to another."""

    since: datetime
    until: datetime

    def covers(self, occurrence: Occurrence) -> bool:
        """Whether the occurrence fell into it, long enough ago to be worth a word."""
        return self.since <= occurrence.due_at <= self.until - LATE


def sign_of_life(tx: Tx) -> Stop | None:
    """Record that a process of the product is alive; returns the stop that this ends, if there was one.

    Called before each tick and every minute: with several processes, the product is alive while one of them is.
    """
    seen = tx.facts.get(ALIVE)
    last = datetime.fromisoformat(seen) if seen else None
    if last is not None and tx.now - last < HEARTBEAT:
        return None
    tx.facts.put(ALIVE, tx.now.isoformat())
    if last is None or tx.now - last < LATE:
        return None
    stop = Stop(last, tx.now)
    tx.facts.put(STOPPED, f"{stop.since.isoformat()} {stop.until.isoformat()}")
    return stop


def last_stop(tx: Tx) -> Stop | None:
    """The last time that the product was stopped."""
    found = tx.facts.get(STOPPED)
    if found is None:
        return None
    since, until = found.split()
    return Stop(datetime.fromisoformat(since), datetime.fromisoformat(until))
