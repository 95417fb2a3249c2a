"""The reminder engine: plan what is due, send what is owed, sleep until the next instant that the database names."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.engine.catchup import sign_of_life
from bot.engine.civil_change import refresh
from bot.engine.planner import Lease, Planned, plan_due
from bot.engine.sender import LEASE
from bot.errors import VigieError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.engine.metrics import Metrics
    from bot.engine.sender import Sender
    from bot.ports import Store, Timer, Tx
    from bot.registry import Registry

log = structlog.get_logger()

TIDIED = "tidied"
KEYS_KEPT = timedelta(days=7)
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
        self._woken = asyncio.Event()
        self._stopping = False
        self.ticked_at: datetime | None = None
        """When the last tick ended well: what health is judged by."""

    async def prepare(self) -> None:
        """Once before the first tick: schedules whose zone means something else by now are derived anew.

        Raises ConfigurationError when this process's tzdata is older than the database's.
        """
        moved = await self._store.write(refresh)
        if moved:
            log.warning("zones changed", schedules=moved)

    async def settle(self) -> None:
        """Plan and send until nothing is due at the clock's present instant, or until stopped."""
        while not self._stopping and (planned := await self._plan()).due:
            await self._sender.send(planned.leased)
        while not self._stopping and await self._sender.send_due():
            pass

    async def _plan(self) -> Planned:
        lease = Lease(self._sender.owner, LEASE, self._sender.budget())
        planned = await self._store.write(lambda tx: plan_due(tx, self._registry, lease), batch=True)
        for late in planned.late:
            self._metrics.due(late)
        self._metrics.missed(planned.missed)
        return planned

    async def next_at(self) -> datetime | None:
        """The earliest instant at which something will be due."""

        def earliest(tx: Tx) -> datetime | None:
            found = [one for one in (tx.schedules.next_fire_at(), tx.outbox.next_at()) if one is not None]
            return min(found, default=None)

        return await self._store.read(earliest)

    def wake(self) -> None:
        """Something may be due: look now (from the event loop)."""
        self._woken.set()

    def stop(self) -> None:
        """Take no more work; :meth:`run` returns once what is under way is finished and confirmed."""
        self._stopping = True
        self._sender.stop()
        self.wake()

    async def run(self, timer: Timer) -> None:
        """Settle, arm the timer, sleep; until stopped. A failure is logged and tried again at the next wake-up."""
        await self.prepare()
        while not self._stopping:
            self._woken.clear()
            try:
                await self._store.write(self._housekeeping)
                await self.settle()
                due = await self.next_at()
                self.ticked_at = self._clock.now()
            except VigieError:
                log.exception("tick failed")
                due = None
            latest = self._clock.now() + POLL
            timer.arm(min(due, latest) if due else latest, self.wake)
            await self._woken.wait()
        timer.stop()

    def _housekeeping(self, tx: Tx) -> None:
        """A sign of life; once a day, request keys that no platform will send again are forgotten."""
        sign_of_life(tx)
        today = tx.now.date().isoformat()
        if tx.facts.get(TIDIED) != today:
            tx.requests.forget(tx.now - KEYS_KEPT)
            tx.facts.put(TIDIED, today)
