"""Detect that the product was stopped, and gather what should have left meanwhile into one digest for each place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.engine.grouping import deferred
from bot.engine.render import CATCHUP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.posting import Delivery, Posting
    from bot.engine.schedule import Occurrence
    from bot.ports import Tx
    from bot.teams.team import Team

ALIVE, STOPPED = "alive", "stopped"
REMEMBERED = timedelta(days=40)
"""Age from which a stop is forgotten: what it held back has long left."""
MOST_STOPS = 20
LATE = timedelta(minutes=5)
"""A gap between two signs of life that people would notice."""
HEARTBEAT = timedelta(seconds=60)
JOINING = frozenset({"reminder", "later"})
"""Kinds that are written ahead and can share a message: they are drawn from their items alone."""
URGENT = frozenset({"urgent"})
"""Kinds that never wait."""


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
    """Give every message that should have left during the stop its place after it; what is urgent leaves at once.

    What was written ahead for one destination becomes one message. The others wait for working time again, and what is
    planned meanwhile for the same people joins them (bot.engine.grouping). All of them say that there was a stop.
    """
    overdue = tx.outbox.overdue(stop.since, stop.until - LATE)
    keys = [(delivery.team, delivery.posting) for delivery in overdue]
    cards = {card.posting.id: card for card in tx.postings.cards(keys)}
    groups: dict[tuple[str, ...], list[Delivery]] = {}
    for delivery in overdue:
        posting = cards[delivery.posting].posting
        kinds = set(posting.kind.split("+"))
        if kinds.isdisjoint(URGENT):
            groups.setdefault(_build_key(posting, joins=JOINING.issuperset(kinds - {CATCHUP})), []).append(delivery)
    for first, *rest in groups.values():
        merged = [cards[delivery.posting] for delivery in (first, *rest)]
        kinds = {kind for card in merged for kind in card.posting.kind.split("+")}
        items = [item.id for card in merged[1:] for _, item in card.items]
        tx.postings.extend(merged[0].posting, _join_kinds(merged[0].posting, kinds), items, [])
    _release_deliveries(
        tx, [group[0] for group in groups.values()], [delivery for group in groups.values() for delivery in group[1:]]
    )


def _build_key(posting: Posting, *, joins: bool) -> tuple[str, ...]:
    """Return the key of the message that a posting becomes: its destination's where it may be joined, else its own."""
    to = posting.destination
    return (posting.team, to.channel or "", to.member or "") if joins else (posting.team, posting.id)


def _join_kinds(posting: Posting, kinds: set[str]) -> str:
    """Name the kind of a gathered message: why it is late, then its parts in their order."""
    own = [kind for kind in posting.kind.split("+") if kind != CATCHUP]
    return "+".join((CATCHUP, *own, *sorted(kinds - {CATCHUP, *own})))


def _release_deliveries(tx: Tx, kept: Sequence[Delivery], void: Sequence[Delivery]) -> None:
    """Let each delivery leave as soon as its team may be spoken to.

    What a person asked for outside of working time leaves on its day.
    """
    teams = tx.teams.many(list({delivery.team for delivery in kept}))
    by_moment: dict[datetime, list[Delivery]] = {}
    for delivery in kept:
        team = teams.get(delivery.team)
        if team is not None:
            by_moment.setdefault(_choose_moment(tx, team, delivery), []).append(delivery)
    for at, deliveries in by_moment.items():
        tx.outbox.gather(deliveries, at, [])
    tx.outbox.gather([], tx.now, void)


def _choose_moment(tx: Tx, team: Team, delivery: Delivery) -> datetime:
    defaults, asked_at = tx.catalogue(team.id).defaults, delivery.send_after
    is_today = team.today(asked_at) == team.today(tx.now)
    is_outside = deferred(asked_at, team, defaults) != asked_at
    return tx.now if is_today and is_outside else deferred(tx.now, team, defaults)


def stops(tx: Tx) -> Sequence[Stop]:
    """Read the last stops of the product, earliest first: a message may wait over several of them."""
    stored = tx.facts.get(STOPPED)
    spans = (span.split() for span in stored.split(";")) if stored else ()
    return [Stop(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in spans]
