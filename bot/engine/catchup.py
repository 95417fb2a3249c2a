"""Was the product stopped, since when, and which moments went by meanwhile: what the one digest afterwards says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.engine.grouping import deferred

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.posting import Delivery, Destination
    from bot.engine.schedule import Occurrence
    from bot.ports import Tx

ALIVE, STOPPED = "alive", "stopped"
LATE = timedelta(minutes=5)
"""A gap between two signs of life that people would notice."""
HEARTBEAT = timedelta(seconds=60)
JOINING = frozenset({"reminder", "later"})
"""Kinds that are written ahead and can share a message: they are drawn from their items alone."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The product was stopped from one instant to another."""

    since: datetime
    until: datetime

    def covers(self, occurrence: Occurrence) -> bool:
        """Whether the occurrence fell into it, long enough ago to be worth a word."""
        return self.held(occurrence.due_at)

    def held(self, at: datetime) -> bool:
        """Whether that instant fell into it, long enough ago."""
        return self.since <= at <= self.until - LATE


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
    gather(tx, stop)
    return stop


def gather(tx: Tx, stop: Stop) -> None:
    """What was written ahead and should have left during the stop is one message for each destination, which says so.

    What is planned now for the same people joins it (bot.engine.grouping).
    """
    overdue = tx.outbox.overdue(stop.since, stop.until - LATE)
    cards = {one.posting.id: one for one in tx.postings.cards([(one.team, one.posting) for one in overdue])}
    together: dict[tuple[str, Destination], list[Delivery]] = {}
    for owed in overdue:
        posting = cards[owed.posting].posting
        if JOINING.issuperset(posting.kind.split("+")):
            together.setdefault((posting.team, posting.destination), []).append(owed)
    kept = [group[0] for group in together.values()]
    for first, *others in together.values():
        posting = cards[first.posting].posting
        kinds = {kind for one in (first, *others) for kind in cards[one.posting].posting.kind.split("+")}
        items = [item.id for one in others for _, item in cards[one.posting].items]
        tx.postings.extend(posting, "+".join(("catchup", *sorted(kinds))), items, [])
    _leave(tx, kept, [one for group in together.values() for one in group[1:]])


def _leave(tx: Tx, kept: Sequence[Delivery], void: Sequence[Delivery]) -> None:
    """Each leaves as soon as its team may be spoken to."""
    by_team: dict[str, list[Delivery]] = {}
    for one in kept:
        by_team.setdefault(one.team, []).append(one)
    for team in tx.teams.many(list(by_team)).values():
        at = deferred(tx.now, team, tx.catalogue(team.id).defaults)
        tx.outbox.gather(by_team[team.id], at, [one for one in void if one.team == team.id])


def last_stop(tx: Tx) -> Stop | None:
    """The last time that the product was stopped."""
    found = tx.facts.get(STOPPED)
    if found is None:
        return None
    since, until = found.split()
    return Stop(datetime.fromisoformat(since), datetime.fromisoformat(until))
