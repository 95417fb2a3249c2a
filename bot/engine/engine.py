"""The reminder engine: plan what is due, send what is owed, sleep until the next instant that the database names."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from bot.backoff import Backoff
from bot.engine.catchup import sign_of_life
from bot.engine.in_flight import InFlight
from bot.engine.new_nudges import schedule_new_nudges
from bot.engine.one_by_one import plan_one_by_one
from bot.engine.planner import BATCH, Planned, plan_due
from bot.engine.scheduling import ONE_OFF
from bot.engine.tzdata_change import refresh
from bot.errors import VigieError, is_poisoned
from bot.grammar.question import ASKED

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.engine.metrics import Metrics
    from bot.engine.sender import Sender
    from bot.ports import Store, Timer, Tx, Wake
    from bot.registry import Registry

log = structlog.get_logger()

TIDIED = "tidied"
KEYS_KEPT = timedelta(days=7)
FIRST_BACKOFF = timedelta(seconds=1)
PAUSE = timedelta(milliseconds=20)
"""What is due and another process has in hand is looked at again after this long."""
CLAIM_EVERY = 1.0
"""Seconds after which the outbox is looked at, however much there is to plan: a lease that runs out tells nobody."""
POLL = timedelta(seconds=60)
"""The truth behind every hint: however a wake-up gets lost, the tables are looked at this often."""


class Engine:
    """Runs the planner and the sender until nothing is due, then waits for the timer or a hint."""

    def __init__(self, store: Store, registry: Registry, clock: Clock, sender: Sender, metrics: Metrics) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._sender = sender
        self._metrics = metrics
        self._wake_event = asyncio.Event()
        self._hinted = False
        """True when the outbox may hold something that the last claim did not see."""
        self._stopping = False
        self._other_processes: Wake | None = None
        self._backoff = Backoff(FIRST_BACKOFF.total_seconds(), POLL.total_seconds())
        self._may_hold_leases = False
        """True after a failed unit of work: it may be committed all the same, with leases that we do not know."""
        self._asleep_until: datetime | None = None
        self._announced_at: datetime | None = None
        """The earliest instant that the other processes know of, as far as we can tell."""
        self.ticked_at: datetime | None = None
        """The instant at which the last batch ended: health is judged by it (bot.engine.health)."""

    async def prepare(self) -> None:
        """Bring the stored schedules up to this version's time zones and nudges, once before the first tick.

        Raises ConfigurationError when this process's tzdata is older than the database's.
        """
        moved = await self._store.write(refresh)
        if moved:
            log.warning("zones changed", schedules=moved)
        new = await schedule_new_nudges(self._store, self._registry)
        if new:
            log.info("nudges of a new version scheduled", schedules=new)
        await self._store.write(lambda tx: tx.outbox.cap_leases(self._sender.lease().seconds))

    async def settle(self) -> None:
        """Plan and send until nothing is due at the clock's present instant, or until stopped.

        A batch is sent while the next one is planned. What waits in the outbox takes turns with that; while one large
        batch follows the other, only as long as there is any, when something was stored there, and every second.
        Neither a reminder, nor the edit after a click, nor what a process that died held waits for ten thousand nudges.
        """
        in_flight = InFlight(self._sender)
        self._hinted = True
        try:
            while not self._stopping:
                planned = await self._plan_batch()
                in_flight.take(planned.leased)
                busy, large = planned.due > 0, planned.due > BATCH // 2
                if self._hinted or not large or monotonic() - in_flight.claimed_at > CLAIM_EVERY:
                    self._hinted = await in_flight.claim()
                if busy or self._hinted:
                    self.ticked_at = self._clock.now()
                    await in_flight.make_room(large=large)
                elif not await in_flight.next_done():
                    return
        finally:
            await in_flight.finish()

    async def _plan_batch(self) -> Planned:
        lease = self._sender.lease()
        try:
            planned = await self._store.write(lambda tx: plan_due(tx, self._registry, lease), batch=True)
        except Exception as error:
            if not is_poisoned(error):
                raise
            log.exception("batch cannot be planned")
            planned = await plan_one_by_one(self._store, self._registry, self._sender.owner)
        for late in planned.late:
            self._metrics.due(late)
        self._metrics.missed(planned.missed)
        return planned

    async def next_at(self) -> datetime | None:
        """Read the earliest instant at which something will be due."""

        def earliest(tx: Tx) -> datetime | None:
            instants = tx.schedules.next_fire_at(), tx.outbox.next_at()
            return min((at for at in instants if at is not None), default=None)

        return await self._store.read(earliest)

    def wake(self) -> None:
        """Look at the tables now: something may be due. Call it from the event loop."""
        self._hinted = True
        self._wake_event.set()

    def expect(self, at: datetime) -> None:
        """Wake at `at`, when something that was just stored will be due. Call it from the event loop.

        Other processes are told of what they would find too late at their next poll, unless we do it at once.
        """
        asleep, now = self._asleep_until, self._clock.now()
        if asleep is None or at < asleep:
            self.wake()
        soon = at < now + POLL and (self._announced_at is None or at < self._announced_at)
        if self._other_processes is not None and soon and (at > now or asleep is None):
            self._announced_at = at
            self._other_processes.hint()

    def stop(self) -> None:
        """Take no more work; :meth:`run` returns once what is under way is finished and confirmed."""
        self._stopping = True
        self._sender.stop()
        self.wake()

    async def run(self, timer: Timer, other_processes: Wake | None = None) -> None:
        """Settle, arm the timer, sleep; until stopped. Log a failure and try again, later and later.

        `other_processes` are those beside this one: they tell us of what is due earlier than we know, and we them.
        """
        await self.prepare()
        self._other_processes = other_processes
        if other_processes:
            other_processes.subscribe(self.wake)
        while not self._stopping:
            self._wake_event.clear()
            timer.arm(await self._run_tick(), self.wake)
            await self._wait_until_woken()
        timer.stop()

    async def _run_tick(self) -> datetime:
        """Do what is due; return when to look again."""
        self._asleep_until = self._announced_at = None
        try:
            await self._store.write(self._keep_house)
            if self._may_hold_leases:
                await self._store.write(lambda tx: tx.outbox.let_go(self._sender.owner))
                self._may_hold_leases = False
            await self.settle()
            self._announced_at = await self.next_at()
            lease_left = await self._store.read(lambda tx: tx.outbox.lease_left(tx.now))
        except VigieError:
            seconds = self._backoff.next()
            log.exception("tick failed", again_in=seconds)
            self._may_hold_leases = True
            self._asleep_until = self._clock.now() + timedelta(seconds=seconds)
            return self._asleep_until
        self._backoff.reset()
        self.ticked_at = self._clock.now()
        latest = self.ticked_at + (POLL if lease_left is None else min(POLL, timedelta(seconds=lease_left)))
        due = max(self._announced_at, self.ticked_at + PAUSE) if self._announced_at else latest
        self._asleep_until = min(due, latest)
        return self._asleep_until

    async def _wait_until_woken(self) -> None:
        """Wait until woken, for a poll at most.

        The poll runs on the loop's own clock: one that is set back would put the timer off with it.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL.total_seconds()):
                await self._wake_event.wait()

    def _keep_house(self, tx: Tx) -> None:
        """Record a sign of life; once a day, delete what is of no more use.

        That is request keys that no platform will send again, questions that nobody answered, and one-off schedules
        that are over.
        """
        sign_of_life(tx)
        today = tx.now.date().isoformat()
        if tx.facts.get(TIDIED) != today:
            tx.requests.forget(tx.now - KEYS_KEPT)
            tx.notes.forget(ASKED + "\n", tx.now - KEYS_KEPT)
            for prefix in ONE_OFF:
                tx.schedules.forget_spent(prefix)
            tx.facts.put(TIDIED, today)
