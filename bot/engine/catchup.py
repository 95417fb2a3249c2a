"""Detect that the product was stopped, and gather what should have left meanwhile into one digest for each place."""

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
REMEMBERED = timedelta(days=40)
"""Age from which a stop is forgotten: what it held back has long left."""
MOST_STOPS = 20
LATE = timedelta(minutes=5)
"""A gap between two signs of life that people would notice."""
HEARTBEAT = timedelta(seconds=60)
JOINING = frozenset({"reminder", "later"})
"""Kinds that are written ahead and can share a message: they are drawn from their items alone."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A span of time in which the product was stopped."""

    since: datetime
    until: datetime

    def covers(self, occurrence: Occurrence) -> bool:
        """Return True if the occurrence fell into the stop, long enough ago to be worth a word."""
        return self.held(occurrence.due_at)

    def held(self, at: datetime) -> bool:
        """Return True if the instant fell into the stop, long enough ago."""
        return self.since <= at <= self.until - LATE


def sign_of_life(tx: Tx) -> Stop | None:
    """Record that a process of the product is alive; return the stop that this ends, if there was one.

    Called before each tick and every minute: with several processes, the product is alive while one of them is.
    """
    alive_at = tx.facts.get(ALIVE)
    last = datetime.fromisoformat(alive_at) if alive_at else None
    if last is not None and tx.now - last < HEARTBEAT:
        return None
    tx.facts.put(ALIVE, tx.now.isoformat())
    if last is None or tx.now - last < LATE:
        return None
    stop = Stop(last, tx.now)
    recent = [former for former in stops(tx) if tx.now - former.until < REMEMBERED]
    spans = [f"{span.since.isoformat()} {span.until.isoformat()}" for span in (*recent, stop)[-MOST_STOPS:]]
    tx.facts.put(STOPPED, ";".join(spans))
    gather(tx, stop)
    return stop


def gather(tx: Tx, stop: Stop) -> None:
    """Merge what was written ahead and should have left during the stop into one message for each destination.

    The message says so. What is planned now for the same people joins it (bot.engine.grouping).
    """
    overdue = tx.outbox.overdue(stop.since, stop.until - LATE)
    keys = [(delivery.team, delivery.posting) for delivery in overdue]
    cards = {card.posting.id: card for card in tx.postings.cards(keys)}
    together: dict[tuple[str, Destination], list[Delivery]] = {}
    for delivery in overdue:
        posting = cards[delivery.posting].posting
        if JOINING.issuperset(posting.kind.split("+")):
            together.setdefault((posting.team, posting.destination), []).append(delivery)
    kept = [group[0] for group in together.values()]
    for first, *rest in together.values():
        posting = cards[first.posting].posting
        kinds = {kind for delivery in (first, *rest) for kind in cards[delivery.posting].posting.kind.split("+")}
        items = [item.id for delivery in rest for _, item in cards[delivery.posting].items]
        tx.postings.extend(posting, "+".join(("catchup", *sorted(kinds))), items, [])
    _release_deliveries(tx, kept, [delivery for group in together.values() for delivery in group[1:]])


def _release_deliveries(tx: Tx, kept: Sequence[Delivery], void: Sequence[Delivery]) -> None:
    """Let each delivery leave as soon as its team may be spoken to."""
    by_team: dict[str, list[Delivery]] = {}
    for delivery in kept:
        by_team.setdefault(delivery.team, []).append(delivery)
    for team in tx.teams.many(list(by_team)).values():
        at = deferred(tx.now, team, tx.catalogue(team.id).defaults)
        tx.outbox.gather(by_team[team.id], at, [delivery for delivery in void if delivery.team == team.id])


def stops(tx: Tx) -> Sequence[Stop]:
    """Read the last stops of the product, earliest first: a message may wait over several of them."""
    stored = tx.facts.get(STOPPED)
    spans = (span.split() for span in stored.split(";")) if stored else ()
    return [Stop(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in spans]
