"""Kill processes of the product at random moments while reminders come due, and see that each is sent once."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import VirtualClock
from storage.migrate import upgrade
from storage.store import open_store
from tests.chaos import child
from tests.chaos.chat import ChatServer
from tests.chaos.clock import SPEED, START, FastClock
from tests.chaos.world import Verdict, fill, judge

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerProcess

LONGEST_STOP = 10.0
"""Seconds that the product has to end cleanly."""
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.chaos.child"])


@dataclass(frozen=True)
class Plan:
    """How bad it gets. `restart` stops the database at once, as if its power was cut, and starts it again."""

    address: str
    processes: int = 1
    kills: int = 12
    restarts: int = 0
    reminders: int = 1500
    seed: int = 1
    naive: bool = False
    restart: Callable[[], None] | None = None


@dataclass
class Report:
    """What was done, and what came of it."""

    verdict: Verdict
    harm: tuple[int, int, int]
    """Kills, restarts of the database, processes that gave up because it was away."""
    seconds: float
    known_again: int
    exits: list[int | None] = field(default_factory=list)
    slowest_stop: float = 0.0
    logs: str = ""

    @property
    def fine(self) -> bool:
        return self.verdict.fine and set(self.exits) == {0} and self.slowest_stop < LONGEST_STOP

    def figures(self) -> dict[str, Any]:
        return {
            **self.verdict.figures(), **dict(zip(("kills", "restarts", "gave_up"), self.harm, strict=True)),
            "known_again": self.known_again, "exit_codes": self.exits, "slowest_stop_s": round(self.slowest_stop, 2),
            "seconds": round(self.seconds, 1), "ok": self.fine,
        }  # fmt: skip


async def play(plan: Plan) -> Report:
    """Fill the database, start the processes, kill and restart until the plan is done, wait for the rest, judge."""
    chance = random.Random(plan.seed)
    minutes = max(5, int((plan.kills * 1.5 + 2) * SPEED / 60) + 1)
    expected = await filled(plan, minutes, chance)
    chat = ChatServer(random=random.Random(plan.seed + 1))
    port = await chat.start()
    clock = FastClock(time.time() + 1.0)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        troop = Troop(child.Orders(plan.address, port, clock, log, naive=plan.naive), plan.processes)
        supervising = asyncio.create_task(troop.supervise())
        try:
            restarts = await _havoc(plan, troop, chance)
            await _quiet(expected, chat, clock)
        finally:
            supervising.cancel()
            begin = time.monotonic()
            exits = await troop.stop()
            await chat.stop()
        logs = log.read_text(encoding="utf-8") if log.exists() else ""
    verdict = judge(expected, chat.messages, clock)
    spent = time.time() - clock.since
    slowest = time.monotonic() - begin
    return Report(verdict, (troop.kills, restarts, troop.gave_up), spent, chat.known_again, exits, slowest, logs)


async def filled(plan: Plan, minutes: int, chance: random.Random) -> dict[str, Any]:
    """Store what is to come; when each reminder is expected."""
    store = open_store(plan.address, VirtualClock(START))
    upgrade(store.engines.write)
    expected = await store.write(lambda tx: fill(tx, plan.reminders, minutes, chance))
    await store.close()
    return expected


async def _havoc(plan: Plan, troop: Troop, chance: random.Random) -> int:
    """A SIGKILL every one to two seconds; the restarts of the database in between. Returns how many there were."""
    cuts = sorted(chance.sample(range(plan.kills), min(plan.restarts, plan.kills))) if plan.restart else []
    for number in range(plan.kills):
        await asyncio.sleep(chance.uniform(1, 2))
        if number in cuts and plan.restart:
            await asyncio.to_thread(plan.restart)
        troop.kill(chance)
    return len(cuts)


async def _quiet(expected: dict[str, Any], chat: ChatServer, clock: FastClock) -> None:
    """Until everything has been said, or nothing more is to be hoped for; then a while for what is too much."""
    end = max(map(clock.real, expected.values())) + 5 * child.LEASE + 10
    while time.time() < end:
        said = {name for one in chat.messages for name in one.notified}
        if said >= set(expected) and time.time() > end - 5 * child.LEASE - 10:
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(child.LEASE + 1)


class Troop:
    """So many processes. One that is killed, or gives up because the database is away, is replaced at once."""

    def __init__(self, orders: child.Orders, count: int) -> None:
        self._orders = orders
        self._processes: list[ForkServerProcess] = []
        self._count = count
        self.kills = 0
        self.gave_up = 0

    async def supervise(self) -> None:
        while True:
            self.start()
            await asyncio.sleep(0.2)

    def start(self) -> None:
        """Fill up the ranks."""
        there = [one for one in self._processes if one.is_alive()]
        self.gave_up += len(self._processes) - len(there)
        self._processes = there
        self._processes += [self._one() for _ in range(self._count - len(self._processes))]

    def _one(self) -> ForkServerProcess:
        made = _FORKS.Process(target=child.run, args=(self._orders,))
        made.start()
        return made

    def kill(self, chance: random.Random) -> None:
        """SIGKILL one of them, and start another."""
        gone = self._processes.pop(chance.randrange(len(self._processes)))
        gone.kill()
        gone.join()
        self.kills += 1

    async def stop(self) -> list[int | None]:
        """SIGTERM for all; their exit codes."""
        for one in self._processes:
            one.terminate()
        for one in self._processes:
            await asyncio.to_thread(one.join, LONGEST_STOP)
        codes = [one.exitcode for one in self._processes]
        for one in self._processes:
            one.kill()
        return codes
