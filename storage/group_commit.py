"""Commit the interactive writes that wait in one transaction: one fsync answers many people (ADR 0013).

1. A write joins the queue. The writer thread is called unless it is already at work.
2. The writer takes what waits, at most `MAX_UNITS` and for `MAX_SECONDS`, and runs each unit in a savepoint of its own:
   one that fails rolls back its savepoint and nothing else.
3. It commits. Only then are the callers answered, on the event loop.
4. A unit that lost a tie against another transaction, or its connection before the commit, goes back to the head of
   the queue, until it has run `MAX_RUNS` times.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from storage.engines import lost_tie, store_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from sqlalchemy import Connection, Engine

T = TypeVar("T")

MAX_UNITS = 64
MAX_SECONDS = 0.025
"""No unit begins later than this after the first of its transaction; batches get the writer in between."""
MAX_RUNS = 3


@dataclass(eq=False, slots=True)
class _Unit:
    work: Callable[[Connection], Any]
    answer: asyncio.Future[Any]
    on_end: Callable[[], None]
    runs: int = 0
    retry: bool = False
    value: Any = None
    error: Exception | None = None

    def run(self, connection: Connection) -> None:
        """Run the work in a savepoint and keep its value or its error."""
        self.runs, self.retry, self.error = self.runs + 1, False, None
        try:
            with connection.begin_nested():
                self.value = self.work(connection)
        except Exception as error:  # noqa: BLE001  # it is the caller's to see
            self.fail(error, retry=lost_tie(error))

    def fail(self, error: Exception, *, retry: bool) -> None:
        """Keep the error; with `retry`, have the work run again unless it has run often enough."""
        self.error = error
        self.retry = retry and self.runs < MAX_RUNS

    def resolve(self) -> None:
        """Answer the caller, who may have been cancelled meanwhile. Called on the event loop."""
        self.on_end()
        if self.answer.done():
            return
        if self.error is None:
            self.answer.set_result(self.value)
        else:
            self.answer.set_exception(store_error(self.error))


class GroupCommit:
    """A queue of units of work in front of one writing connection."""

    def __init__(self, engine: Engine, writer: Executor) -> None:
        self._engine = engine
        self._writer = writer
        self._queue: deque[_Unit] = deque()
        self._writing = False

    async def submit(self, work: Callable[[Connection], T], on_end: Callable[[], None]) -> T:
        """Return the value of `work` once it is committed; raise its error once nothing of it was written.

        `on_end` is called on the event loop after the commit, even when the caller was cancelled.
        """
        loop = asyncio.get_running_loop()
        unit = _Unit(work, loop.create_future(), on_end)
        self._queue.append(unit)
        self._call_writer(loop)
        value: T = await unit.answer
        return value

    def _call_writer(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._writing or not self._queue:
            return
        try:
            self._writer.submit(self._write_group, loop)
            self._writing = True
        except RuntimeError as error:  # the store is closed
            while self._queue:
                unit = self._queue.popleft()
                unit.error = error
                unit.resolve()

    def _write_group(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write one group. Called in the writer's thread."""
        units: list[_Unit] = []
        try:
            with self._engine.begin() as connection:
                self._run_units(connection, units)
        except Exception as error:  # noqa: BLE001  # nothing was committed: every caller of the group is told
            units = units or self._take_all()
            for unit in units:
                unit.fail(error, retry=unit.retry or lost_tie(error))
        loop.call_soon_threadsafe(self._resolve_group, loop, units)

    def _run_units(self, connection: Connection, units: list[_Unit]) -> None:
        end = time.monotonic() + MAX_SECONDS
        while self._queue and len(units) < MAX_UNITS and time.monotonic() < end:
            unit = self._queue.popleft()
            if unit.answer.cancelled():
                continue
            units.append(unit)
            unit.run(connection)
            if unit.error is not None and connection.invalidated:
                for lost in units:
                    lost.fail(unit.error, retry=True)
                raise unit.error

    def _take_all(self) -> list[_Unit]:
        """Take everything that waits: the database could not be reached at all."""
        return [self._queue.popleft() for _ in range(len(self._queue))]

    def _resolve_group(self, loop: asyncio.AbstractEventLoop, units: list[_Unit]) -> None:
        self._writing = False
        self._queue.extendleft(unit for unit in reversed(units) if unit.retry)
        for unit in units:
            if not unit.retry:
                unit.resolve()
        self._call_writer(loop)
