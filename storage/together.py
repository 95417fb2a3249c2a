"""Units of work that are committed together: SQLite's one writer pays for one fsync, and many people have their answer.

Each unit runs in a savepoint of its own, so that one that fails takes nothing of the others along; nobody is answered
before the commit that all of them share (ADR 0011).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from storage.engines import failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor

    from sqlalchemy import Connection, Engine

    from storage.store import UnitOfWork

T = TypeVar("T")
MOST = 64
"""Units of work in one commit."""
LONGEST = 0.025
"""Seconds after which a commit takes no more units: with the last one and the fsync, well under 50 ms."""


@dataclass(eq=False, slots=True)
class _Unit:
    work: Callable[[UnitOfWork], Any]
    answer: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        """On the event loop: the caller may have gone meanwhile."""
        if self.answer.done():
            return
        if self.error is None:
            self.answer.set_result(self.value)
        else:
            self.answer.set_exception(self.error)


class Together:
    """The interactive work that waits for the one writer."""

    def __init__(self, engine: Engine, writer: Executor, open_unit: Callable[[Connection], UnitOfWork]) -> None:
        self._engine = engine
        self._writer = writer
        self._open = open_unit
        self._waiting: deque[_Unit] = deque()
        self._called = False

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """What `work` gives, once it is committed; what it raises, when nothing of it was written."""
        unit = _Unit(work, asyncio.get_running_loop().create_future())
        self._waiting.append(unit)
        self._call()
        found: T = await unit.answer
        return found

    def _call(self) -> None:
        """Have the writer come, unless it is on its way; on the event loop."""
        if self._waiting and not self._called:
            self._called = True
            self._writer.submit(self._commit, asyncio.get_running_loop())

    def _commit(self, loop: asyncio.AbstractEventLoop) -> None:
        """In the writer's thread. Between two commits, the writer's other work has its turn."""
        done: list[_Unit] = []
        try:
            with self._engine.begin() as connection:
                self._run_all(connection, done)
        except Exception as error:  # noqa: BLE001  # whoever waits is told, whatever it was
            while not done and self._waiting:  # not even begun: the database is gone, or held by another process
                done.append(self._waiting.popleft())
            for unit in done:
                unit.value, unit.error = None, failed(error)
        loop.call_soon_threadsafe(self._tell, done)

    def _run_all(self, connection: Connection, done: list[_Unit]) -> None:
        end = time.monotonic() + LONGEST
        while self._waiting and len(done) < MOST and time.monotonic() < end:
            unit = self._waiting.popleft()
            if not unit.answer.cancelled():
                done.append(unit)
                self._run(connection, unit)

    def _run(self, connection: Connection, unit: _Unit) -> None:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("SAVEPOINT unit")
        try:
            unit.value = unit.work(self._open(connection))
        except Exception as error:  # noqa: BLE001  # it is the caller's to see
            unit.error = failed(error)
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")

    def _tell(self, done: Iterable[_Unit]) -> None:
        self._called = False
        for unit in done:
            unit.tell()
        self._call()
