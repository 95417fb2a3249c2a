"""Empty the outbox: lease deliveries, draw them from the state at that moment, carry them out, confirm.

1. Lease what is due, no more than the platform can start within half a lease; what a tick has just planned is born
   leased, as far as that goes.
2. Draw each message now. An edit of what is already current is confirmed without a call.
3. Call the platform with the posting as key, side by side, but in order for each destination. Before any second
   attempt at a post, look the first one up. A lease too short for one more call is given back.
4. Confirm every quarter of a second, fenced by the lease; while the database is away, go on trying as long as the
   lease lasts. A failure is given back with a later time, never counted as sent; what failed for good, or may or may
   not be there, is told to the team's lead, once.
5. Told to stop, begin nothing more; a call that does not end soon is left to whoever looks it up later.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter, defaultdict, deque
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.backoff import compute_delay
from bot.engine.lead_alerts import Troubles, unsure
from bot.engine.planner import BATCH, Lease
from bot.engine.posting import edit_of
from bot.engine.prepare import Job, Outcome, place_of, prepare
from bot.engine.recipients import handle_lost_recipient
from bot.engine.reposting import GONE, repost_deleted
from bot.errors import OutcomeUnknownError, StoreError, TransportError, is_poisoned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.engine.metrics import Metrics
    from bot.engine.posting import Delivery, GivenUp, Ref
    from bot.ports import Store, Transport, Tx
    from bot.registry import Registry

log = structlog.get_logger()

LEASE = 120.0
"""Seconds. Longer than a platform's time-out, its retry and the skew of clocks together (ENGINE §4)."""
CALL = 30.0
"""Seconds that one call may take at most; a shorter rest of lease is not begun with."""
GRACE = 4.0
"""Seconds that calls and confirmations under way may still take once the process is told to stop."""
IN_HAND = 2 * BATCH
"""Deliveries that one process holds at most: a batch on its way, and one that is planned or claimed meanwhile."""
AT_ONCE = 128
"""Calls of one batch under way at the same time; most of them wait for their channel's turn."""
YIELD_AFTER = 0.002
"""Seconds that a platform which answers at once may keep the loop."""
CONFIRM_EVERY = 0.25
CONFIRM_AGAIN = 1.0
"""Seconds between two attempts at a confirmation, while the database is away."""
FIRST_BACKOFF = 5.0
LONGEST_BACKOFF = 900.0
FAULT = "fault"
"""A failure of ours about one message: it is tried again as any other failure, and logged each time."""
NOT_BEGUN = "not begun"
"""Given back without a call: the process stops, or its lease is too short. It counts as no attempt."""
ATTEMPTS = 12
"""Transient failures before it counts as failed (about two hours of trying)."""
PATIENCE = timedelta(hours=2)
"""What a platform that only asks to wait is given, however often it asks."""


class Sender:
    """Carries out what the outbox owes, for one process (`owner` names it in leases)."""

    def __init__(
        self, store: Store, registry: Registry, platforms: Mapping[str, Transport], owner: str, metrics: Metrics
    ) -> None:
        self._store = store
        self._registry = registry
        self._platforms = platforms
        self._metrics = metrics
        self._troubles = Troubles()
        self._calls: dict[asyncio.Task[None], float] = {}
        """The tasks in a call, and until when, on the loop's clock."""
        self._stop_by = math.inf
        self._in_hand = 0
        self.owner = owner
        self.failing_since: dict[str, datetime] = {}
        """By platform: since when every call was to be tried again. One that is refused for good is no outage."""

    @property
    def full(self) -> bool:
        """Return True while no other batch should be begun."""
        return self._in_hand > BATCH

    def room(self) -> int:
        """Compute how many more deliveries this process may lease."""
        most = min([IN_HAND, *(platform.budget(LEASE / 2) for platform in self._platforms.values())])
        return max(0, most - self._in_hand)

    def lease(self) -> Lease:
        """Build the terms on which this process holds what is planned right now."""
        return Lease(self.owner, LEASE, self.room())

    def stop(self) -> None:
        """Begin no more calls: those under way are finished and confirmed, the rest is given back at once."""
        self._stop_by = asyncio.get_running_loop().time() + GRACE

    async def claim(self) -> Sequence[Delivery]:
        """Lease a batch of what waits, if there is room for it."""
        limit = min(BATCH, self.room())
        if not limit:
            return []
        return await self._store.write(lambda tx: tx.outbox.claim(self.owner, LEASE, tx.now, limit), batch=True)

    def begin(self, taken: Sequence[Delivery]) -> asyncio.Task[None]:
        """Carry out deliveries that this process holds, which count as in hand until the task has ended."""
        self._in_hand += len(taken)
        return asyncio.create_task(self._send_counted(taken))

    async def _send_counted(self, taken: Sequence[Delivery]) -> None:
        try:
            await self._send_batch(taken)
        finally:
            self._in_hand -= len(taken)

    async def _send_batch(self, taken: Sequence[Delivery]) -> None:
        until = asyncio.get_running_loop().time() + LEASE
        prepared = await self._prepare_batch(taken)
        ready = [outcome for outcome in prepared if isinstance(outcome, Outcome)]
        waiting = _group_by_destination(prepared)
        running = {
            asyncio.create_task(self._work_off(waiting, until, ready)) for _ in range(min(AT_ONCE, len(waiting)))
        }
        try:
            while running or ready:
                if running:
                    done, running = await asyncio.wait(running, timeout=CONFIRM_EVERY)
                    self._cut_off()
                    for task in done:
                        task.result()  # a fault of ours is raised here, not swallowed
                if ready:
                    await self._confirm_outcomes(ready, until)
        finally:
            for task in running:  # nobody would hear of them
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _prepare_batch(self, taken: Sequence[Delivery]) -> list[Job | Outcome]:
        """Prepare all of them at once; if one of them is broken, one by one, so that the others leave."""
        try:
            return await self._store.read(lambda tx: prepare(tx, self._registry, self._platforms, taken), batch=True)
        except Exception as error:
            if len(taken) == 1 and is_poisoned(error):
                log.exception("delivery cannot be drawn", delivery=taken[0].id)
                return [Outcome(taken[0], error=FAULT)]
            if not is_poisoned(error):
                raise
        return [prepared for delivery in taken for prepared in await self._prepare_batch([delivery])]

    async def _confirm_outcomes(self, ready: list[Outcome], until: float) -> None:
        """Store what became of the calls so far. Raises StoreError when the database is away for too long."""
        outcomes = ready[:]
        try:
            await self._store.write(lambda tx: self._store_outcomes(tx, outcomes))
        except StoreError:
            self._troubles.read_again()
            if asyncio.get_running_loop().time() + CONFIRM_AGAIN > min(until, self._stop_by):
                raise
            log.warning("not confirmed yet", deliveries=len(outcomes))
            await asyncio.sleep(CONFIRM_AGAIN)
        else:
            del ready[: len(outcomes)]

    async def _work_off(self, waiting: deque[list[Job]], until: float, ready: list[Outcome]) -> None:
        """Take one destination after the other; its jobs in order, each outcome ready to be confirmed at once."""
        clock = asyncio.get_running_loop().time
        since = clock()
        while waiting:
            for job in waiting.popleft():
                ready.append(await self._carry_out(job, until))  # noqa: PERF401  # each as soon as it is known
            if clock() - since > YIELD_AFTER:
                await asyncio.sleep(0)
                since = clock()

    async def _carry_out(self, job: Job, until: float) -> Outcome:
        if self._stop_by < math.inf or asyncio.get_running_loop().time() > until - CALL:
            return Outcome(job.delivery, error=NOT_BEGUN, retry_after=0.0)
        place, platform = place_of(job.posting), job.platform.name
        try:
            ref, revision = await self._call_in_time(job)
        except OutcomeUnknownError as error:
            return Outcome(
                job.delivery, error=error.key, permanent=error.permanent, retry_after=error.retry_after or LEASE / 2,
                unknown=True, place=place, platform=platform,
            )  # fmt: skip
        except TransportError as error:
            return Outcome(
                job.delivery, error=error.key, permanent=error.permanent, retry_after=error.retry_after, place=place,
                platform=platform,
            )  # fmt: skip
        except Exception:  # ours, about this very message: the others must not wait for its mending
            log.exception("delivery failed", delivery=job.delivery.id)
            return Outcome(job.delivery, error=FAULT, place=place, platform=platform)
        return Outcome(job.delivery, ref, revision, place=place, platform=platform)

    async def _call_in_time(self, job: Job) -> tuple[Ref | None, int]:
        """Call the platform, for so long that the lease outlives it."""
        task = asyncio.current_task()
        assert task is not None, "calls are made by tasks"
        self._calls[task] = asyncio.get_running_loop().time() + CALL
        try:
            return await _call_platform(job)
        except asyncio.CancelledError as error:
            if task in self._calls:
                raise
            task.uncancel()
            raise OutcomeUnknownError("transport.timeout") from error
        finally:
            self._calls.pop(task, None)

    def _cut_off(self) -> None:
        """End the calls that have had their time: looked at now and then, which is cheaper than a timer for each."""
        now = asyncio.get_running_loop().time()
        for task, until in list(self._calls.items()):
            if now > min(until, self._stop_by):
                del self._calls[task]
                task.cancel()

    def _store_outcomes(self, tx: Tx, outcomes: Sequence[Outcome]) -> None:
        good = [outcome for outcome in outcomes if not outcome.error and not outcome.void]
        current = tx.outbox.confirm_many(self.owner, [outcome.confirmation for outcome in good])
        for outcome in good:
            revision = current.get(outcome.delivery.id)
            if revision is None:
                log.warning("lease lost", delivery=outcome.delivery.id)
            elif revision > outcome.revision:  # something changed while the message was on its way
                tx.outbox.owe([edit_of(outcome.delivery.team, outcome.delivery.posting, tx.now)])
        self._count_sent(good)
        self._troubles.over(tx, ((outcome.delivery.team, place) for outcome in good for place in (outcome.place, "")))
        for outcome in outcomes:
            if outcome.void:  # what it was to speak of is settled
                tx.outbox.give_up(self.owner, outcome.delivery, "void", "")
            elif outcome.error:
                self._store_failure(tx, outcome)

    def _count_sent(self, good: Sequence[Outcome]) -> None:
        for platform, count in Counter(outcome.platform for outcome in good).items():
            self._metrics.sent(platform, count)
            self.failing_since.pop(platform, None)

    def _store_failure(self, tx: Tx, outcome: Outcome) -> None:
        if outcome.error == NOT_BEGUN:
            tx.outbox.release(self.owner, outcome.delivery)
            return
        if outcome.error == GONE and outcome.permanent and outcome.delivery.operation == "edit":
            log.info("message was deleted", delivery=outcome.delivery.id)
            if tx.outbox.give_up(self.owner, outcome.delivery, "void", outcome.error):
                repost_deleted(tx, outcome.delivery.team, outcome.delivery.posting)
            return
        if not outcome.permanent and (outcome.delivery.attempt < ATTEMPTS or _keeps_waiting(outcome, tx.now)):
            wait = _compute_backoff(outcome)
            log.warning("delivery postponed", delivery=outcome.delivery.id, error=outcome.error, seconds=wait)
            tx.outbox.postpone(self.owner, outcome.delivery, tx.now + timedelta(seconds=wait), outcome.error)
            self._metrics.retried(outcome.platform)
            self.failing_since.setdefault(outcome.platform, tx.now)
            return
        state: GivenUp = "unknown" if outcome.unknown else "failed"
        log.error("delivery given up", delivery=outcome.delivery.id, error=outcome.error, state=state)
        tx.outbox.give_up(self.owner, outcome.delivery, state, outcome.error)
        self._metrics.given_up(outcome.platform, state)
        posting = tx.postings.get(outcome.delivery.team, outcome.delivery.posting)
        if state == "unknown" and outcome.delivery.operation == "post":
            unsure(tx, outcome.delivery.team)
        elif not handle_lost_recipient(tx, outcome.delivery.team, posting, outcome.error):
            self._troubles.begin(tx, outcome.delivery.team, outcome.place)


def _keeps_waiting(outcome: Outcome, now: datetime) -> bool:
    """Return True while a platform that only asks to wait is waited for: it says nothing about the message.

    That nobody knows what became of it is no such request.
    """
    first = outcome.delivery.first_attempt_at
    return not outcome.unknown and outcome.retry_after is not None and (first is None or now - first < PATIENCE)


def _compute_backoff(outcome: Outcome) -> float:
    """Compute the seconds until the next attempt: as the platform asked, else doubling, with jitter."""
    if outcome.retry_after is not None:
        return outcome.retry_after
    return compute_delay(outcome.delivery.attempt, FIRST_BACKOFF, LONGEST_BACKOFF, jitter=0.2)


def _group_by_destination(prepared: Sequence[Job | Outcome]) -> deque[list[Job]]:
    groups: dict[object, list[Job]] = defaultdict(list)
    for job in prepared:
        if isinstance(job, Job):
            groups[job.to].append(job)
    return deque(groups.values())


async def _call_platform(job: Job) -> tuple[Ref | None, int]:
    """Call the platform; return where the message is and the revision that it shows (at least: 1 if it was found)."""
    posting, platform = job.posting, job.platform
    ref = replace(posting.ref, team=job.to.team) if posting.ref else None
    match job.delivery.operation:
        case "post":
            first = job.delivery.first_attempt_at
            if job.delivery.attempt > 1 and first is not None:
                ref_found = await _look_up(job, first)
                if ref_found:
                    return ref_found, 1
            return await platform.post(job.to, job.message, key=posting.id), posting.revision
        case "edit" if ref:
            await platform.edit(ref, job.message)
        case "delete" if ref:
            await platform.delete(ref)
    return ref, posting.revision


async def _look_up(job: Job, first: datetime) -> Ref | None:
    """Look for the post of an earlier attempt. Raises OutcomeUnknownError when the platform does not let us look.

    Such a refusal says nothing about the message, which may be there.
    """
    try:
        return await job.platform.find(job.to, job.posting.id, first)
    except TransportError as error:
        unknown = OutcomeUnknownError(error.key, **error.params)
        unknown.permanent, unknown.retry_after = error.permanent, error.retry_after
        raise unknown from error
