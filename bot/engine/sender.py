"""The outbox: deliveries are leased, drawn from the state at that moment, carried out, and confirmed.

1. Lease what is due, no more than the platform can start within half a lease.
2. Draw each message now. An edit of what is already current is confirmed without a call.
3. Call the platform with the delivery's posting as key. Before any second attempt at a post, look the first one up.
4. Confirm, fenced by the lease. A failure is given back with a later time, never counted as sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.change import edit
from bot.domain.roster import roster
from bot.engine.drawing import draw
from bot.errors import OutcomeUnknownError, TransportError
from bot.ports import Address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.posting import Delivery, Posting, Ref
    from bot.message import Message
    from bot.ports import Platform, Store, Tx
    from bot.registry import Registry

log = structlog.get_logger()

LEASE = 120.0
"""Seconds. Longer than a platform's time-out, its retry and the skew of clocks together (ENGINE §4)."""
BATCH = 100
FIRST_BACKOFF = 5.0
LONGEST_BACKOFF = 900.0
ATTEMPTS = 12
"""Transient failures before the lead is told (about two hours of trying)."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A delivery with everything that carrying it out needs."""

    delivery: Delivery
    posting: Posting
    platform: Platform
    to: Address
    message: Message


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a delivery: carried out (`error` empty), or not."""

    delivery: Delivery
    ref: Ref | None = None
    revision: int = 0
    error: str = ""
    permanent: bool = False
    retry_after: float | None = None
    void: bool = False


class Sender:
    """Carries out what the outbox owes, for one process (`owner` names it in leases)."""

    def __init__(self, store: Store, registry: Registry, platforms: Mapping[str, Platform], owner: str) -> None:
        self._store = store
        self._registry = registry
        self._platforms = platforms
        self._owner = owner

    async def send_due(self) -> int:
        """Carry out one batch; returns how many deliveries were taken (0: nothing is due)."""
        limit = min([BATCH, *(one.budget(LEASE / 2) for one in self._platforms.values())])
        taken = await self._store.write(lambda tx: tx.outbox.claim(self._owner, LEASE, tx.now, limit), batch=True)
        if not taken:
            return 0
        jobs = await self._store.read(lambda tx: [self._prepare(tx, one) for one in taken])
        outcomes = [await self._carry_out(job) if isinstance(job, _Job) else job for job in jobs]
        await self._store.write(lambda tx: self._settle(tx, outcomes))
        return len(taken)

    def _prepare(self, tx: Tx, delivery: Delivery) -> _Job | _Outcome:
        posting = tx.postings.get(delivery.team, delivery.posting)
        assert posting is not None, "a foreign key keeps deliveries with their posting"
        if delivery.operation == "edit" and posting.posted_revision >= posting.revision:
            return _Outcome(delivery, posting.ref, posting.posted_revision)
        found = self._place(tx, posting)
        team = tx.teams.get(delivery.team)
        if found is None or team is None:
            return _Outcome(delivery, error="no destination", permanent=True)
        message = draw(tx, self._registry, roster(tx, team), posting)
        return _Job(delivery, posting, *found, message) if message else _Outcome(delivery, void=True)

    def _place(self, tx: Tx, posting: Posting) -> tuple[Platform, Address] | None:
        """The platform and the address of a posting; None when there is none (any more)."""
        installed = tx.teams.installation(posting.team)
        platform = installed and self._platforms.get(installed.platform)
        if not installed or not platform:
            return None
        if posting.destination.channel:
            channel = tx.teams.channel(posting.team, posting.destination.channel)
            return (platform, Address(installed.external_id, channel=channel.external_id)) if channel else None
        identity = tx.members.identity(posting.team, posting.destination.member or "")
        return (platform, Address(installed.external_id, member=identity.external_id)) if identity else None

    async def _carry_out(self, job: _Job) -> _Outcome:
        try:
            ref = await self._call(job)
        except OutcomeUnknownError as error:
            return _Outcome(job.delivery, error=error.key, retry_after=LEASE / 2)
        except TransportError as error:
            return _Outcome(job.delivery, error=error.key, permanent=error.permanent, retry_after=error.retry_after)
        return _Outcome(job.delivery, ref, job.posting.revision)

    async def _call(self, job: _Job) -> Ref | None:
        posting = job.posting
        match job.delivery.operation:
            case "post":
                first = job.delivery.first_attempt_at
                if job.delivery.attempt > 1 and first is not None:
                    found = await job.platform.find(job.to, posting.id, first)
                    if found:
                        return found
                return await job.platform.post(job.to, job.message, key=posting.id)
            case "edit" if posting.ref:
                await job.platform.edit(posting.ref, job.message)
            case "delete" if posting.ref:
                await job.platform.delete(posting.ref)
        return posting.ref

    def _settle(self, tx: Tx, outcomes: Sequence[_Outcome]) -> None:
        for one in outcomes:
            if one.void:  # what it was to speak of is settled
                tx.outbox.give_up(self._owner, one.delivery, "void", "")
            elif not one.error:
                self._confirm(tx, one)
            elif one.permanent or one.delivery.attempt >= ATTEMPTS:
                log.error("delivery given up", delivery=one.delivery.id, error=one.error)
                tx.outbox.give_up(self._owner, one.delivery, "failed", one.error)
            else:
                wait = one.retry_after or min(FIRST_BACKOFF * 2 ** (one.delivery.attempt - 1), LONGEST_BACKOFF)
                log.warning("delivery postponed", delivery=one.delivery.id, error=one.error, seconds=wait)
                tx.outbox.postpone(self._owner, one.delivery, tx.now + timedelta(seconds=wait), one.error)

    def _confirm(self, tx: Tx, one: _Outcome) -> None:
        current = tx.outbox.confirm(self._owner, one.delivery, one.ref, one.revision)
        if current is None:
            log.warning("lease lost", delivery=one.delivery.id)
        elif current > one.revision:  # something changed while the message was on its way
            tx.outbox.owe([edit(one.delivery.team, one.delivery.posting, tx)])
