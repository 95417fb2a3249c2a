"""Units of work that are committed together: one transaction and one fsync, and many people have their answer.

They run one after the other; if one fails, all of them run again in savepoints of their own, so that it takes nothing
of the others along. Nobody is answered before the commit that all of them share (ADR 0013).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from storage.engines import failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor

    from sqlalchemy import Connection, Engine

    from storage.store import UnitOfWork

    Works = Iterable[Callable[[UnitOfWork], Any]]

T = TypeVar("T")


class Do(Protocol):
    """Runs units of work in a transaction: SqlStore's."""

    def __call__(self, connection: Connection, works: Works, *, trusting: bool = False) -> list[Any]: ...


MOST = 64
"""Units of work in one commit."""
LONGEST = 0.025
"""Seconds after which a commit takes no more units: with the last one and the fsync, well under 50 ms. Neither it nor a
snapshot lets more turns of the loop go by before it begins; the writer is free meanwhile.
"""
READ_TURNS, COMMIT_TURNS = 3, 8
"""Turns of the event loop that a snapshot and a commit let go by: the busier the loop, the longer they take and the
more come along. To wake another thread costs more than a read, and the waits of a commit are the same for one as for
many; a loop that has nothing else to do turns in no time. Eight: whom a commit answers comes back for the next one.
"""
SLOW = 0.005
"""Seconds that a read may wait for others before another thread takes it."""


def _after(turns: int, loop: asyncio.AbstractEventLoop, come: Callable[[asyncio.AbstractEventLoop], None]) -> None:
    """Come after so many turns of the loop, or in the first one that ends too late for more."""
    latest = loop.time() + LONGEST

    def turn(left: int) -> None:
        if left > 1 and loop.time() < latest:
            loop.call_soon(turn, left - 1)
        else:
            come(loop)

    loop.call_soon(turn, turns)


def _unheard() -> None:
    """Nobody waits for the end."""


@dataclass(eq=False, slots=True)
class _Unit:
    work: Callable[[UnitOfWork], Any]
    answer: asyncio.Future[Any]
    ended: Callable[[], None] = _unheard
    value: Any = None
    error: BaseException | None = None

    def read(self, tx: UnitOfWork) -> None:
        """Do the work, which changes nothing, and keep what came of it."""
        try:
            self.value = self.work(tx)
        except Exception as error:  # noqa: BLE001  # it is the caller's to see
            self.error = failed(error)

    def tell(self) -> None:
        """On the event loop: the caller may have gone meanwhile."""
        self.ended()
        if self.answer.done():
            return
        if self.error is None:
            self.answer.set_result(self.value)
        else:
            self.answer.set_exception(self.error)


class _FaultyError(Exception):
    """A unit of work, or what it left for the end, failed: nothing was committed."""


class Together:
    """The interactive work that waits for the one writer."""

    def __init__(self, engine: Engine, writer: Executor, do: Do) -> None:
        self._engine = engine
        self._writer = writer
        self._do = do
        self._waiting: deque[_Unit] = deque()
        self._called = False

    async def write(self, work: Callable[[UnitOfWork], T], ended: Callable[[], None]) -> T:
        """What `work` gives, once it is committed; what it raises, when nothing of it was written.

        `ended` is called after its commit, on the event loop, even if the caller does not wait any more.
        """
        loop = asyncio.get_running_loop()
        unit = _Unit(work, loop.create_future(), ended)
        self._waiting.append(unit)
        self._soon(loop)
        found: T = await unit.answer
        return found

    def _soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the writer come, unless it is on its way, once those who come at about the same time wait as well."""
        if self._waiting and not self._called:
            self._called = True
            _after(COMMIT_TURNS, loop, self._call)

    def _call(self, loop: asyncio.AbstractEventLoop) -> None:
        """On the event loop. Nobody waits for a store that is closed."""
        try:
            self._writer.submit(self._commit, loop)
        except RuntimeError as error:
            self._called = False
            while self._waiting:
                unit = self._waiting.popleft()
                unit.error = error
                unit.tell()

    def _commit(self, loop: asyncio.AbstractEventLoop) -> None:
        """In the writer's thread. Who asks from now on waits for the next commit, and sees what is true by then."""
        units = self._taken()
        try:
            with self._engine.connect() as connection:
                if not self._at_once(connection, units):
                    with connection.begin():
                        for unit in units:
                            self._apart(connection, unit)
        except Exception as error:  # noqa: BLE001  # whoever waits is told, whatever it was
            for unit in units:
                unit.value, unit.error = None, failed(error)
        loop.call_soon_threadsafe(self._tell, units, loop)

    def _taken(self) -> list[_Unit]:
        units = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
        return [unit for unit in units if not unit.answer.cancelled()]

    def _at_once(self, connection: Connection, units: list[_Unit]) -> bool:
        """Run them as if nothing went wrong; False when something did. Who finds no time waits again, before others."""
        try:
            with connection.begin():
                values = self._values(connection, _in_time(units), trusting=len(units) > 1)
        except _FaultyError:
            return False
        self._waiting.extendleft(reversed(units[len(values) :]))
        del units[len(values) :]
        for unit, value in zip(units, values, strict=True):
            unit.value = value
        return True

    def _values(self, connection: Connection, works: Works, *, trusting: bool) -> list[Any]:
        """A fault of the work, unlike one of the commit, is no reason not to try again."""
        try:
            return self._do(connection, works, trusting=trusting)
        except Exception as error:
            raise _FaultyError from error

    def _apart(self, connection: Connection, unit: _Unit) -> None:
        """Run one so that nothing of the others is lost if it fails."""
        driver: Any = connection.connection.dbapi_connection
        driver.execute("SAVEPOINT unit")
        try:
            (unit.value,) = self._do(connection, [unit.work])
        except Exception as error:  # noqa: BLE001  # it is the caller's to see
            unit.error = failed(error)
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")

    def _tell(self, done: Iterable[_Unit], loop: asyncio.AbstractEventLoop) -> None:
        self._called = False
        for unit in done:
            unit.tell()
        self._soon(loop)


def _in_time(units: Iterable[_Unit]) -> Works:
    """The work of those that there is time for, from the first on: another process may have kept us."""
    end = time.monotonic() + LONGEST
    for unit in units:
        if time.monotonic() >= end:
            return
        yield unit.work


class Snapshots:
    """Reads that wait are done together, in one snapshot that is taken after the last of them was asked for.

    A transaction and the way to another thread cost more than most reads. A second thread comes when one takes long.
    """

    def __init__(self, engine: Engine, readers: Executor, do: Do) -> None:
        self._engine = engine
        self._readers = readers
        self._do = do
        self._waiting: deque[_Unit] = deque()
        self._called = 0
        self._since = 0.0
        """When a thread was called last."""
        self._expected: asyncio.AbstractEventLoop | None = None
        """The loop that will look whether somebody waits."""
        self._counting = Lock()

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """What `work` gives, or raises."""
        loop = asyncio.get_running_loop()
        unit = _Unit(work, loop.create_future())
        self._waiting.append(unit)
        self._hurry(loop)
        found: T = await unit.answer
        return found

    def _hurry(self, loop: asyncio.AbstractEventLoop) -> None:
        """Somebody waits: a thread comes in a few turns, or, where one is at work, a second one in a moment."""
        if self._expected is loop:
            return
        self._expected = loop
        if self._called == 0:
            _after(READ_TURNS, loop, self._come)
        else:
            loop.call_later(SLOW, self._come, loop)

    def _come(self, loop: asyncio.AbstractEventLoop) -> None:
        self._expected = None
        slow = self._called < 2 and time.monotonic() - self._since >= SLOW  # noqa: PLR2004  # the threads that there are
        if self._waiting and (self._called == 0 or slow):
            self._call(loop)
        elif self._waiting:
            self._hurry(loop)

    def _call(self, loop: asyncio.AbstractEventLoop) -> None:
        """Raises RuntimeError when the store is closed; nobody is left waiting."""
        try:
            self._readers.submit(self._look, loop)
        except RuntimeError as error:
            for unit in self._taken(len(self._waiting)):
                unit.error = error
                unit.tell()
            return
        self._since = time.monotonic()
        with self._counting:
            self._called += 1

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a reader's thread. What is asked for from now on waits for the next snapshot."""
        units = self._taken(min(len(self._waiting), MOST))
        done: list[_Unit] = []
        try:
            with self._engine.begin() as connection:
                self._read(connection, units, done)
        except Exception as error:  # noqa: BLE001  # whoever waits is told, whatever it was
            for unit in (*done, *units):
                unit.error = unit.error or failed(error)
            done, units = [*done, *units], deque()
        self._waiting.extendleft(reversed(units))
        with self._counting:
            self._called -= 1
        with suppress(RuntimeError):  # that loop has ended, with all who waited in it
            loop.call_soon_threadsafe(self._tell, done, loop)

    def _taken(self, count: int) -> deque[_Unit]:
        units: deque[_Unit] = deque()
        with suppress(IndexError):  # the other thread took it
            while len(units) < count:
                units.append(self._waiting.popleft())
        return units

    def _read(self, connection: Connection, units: deque[_Unit], done: list[_Unit]) -> None:
        """What one of them read of a team, the others need not read again: all see the same."""
        try:
            self._do(connection, _each(units, done))
        except Exception:  # noqa: BLE001  # one of them left something to be written, where nothing can be
            for unit in done:
                self._apart(connection, unit)

    def _apart(self, connection: Connection, unit: _Unit) -> None:
        try:
            (unit.value,) = self._do(connection, [unit.work])
        except Exception as error:  # noqa: BLE001  # it is the caller's to see
            unit.error = failed(error)

    def _tell(self, done: Iterable[_Unit], loop: asyncio.AbstractEventLoop) -> None:
        for unit in done:
            unit.tell()
        if self._waiting:
            self._expected = None
            self._hurry(loop)


def _each(units: deque[_Unit], done: list[_Unit]) -> Works:
    """The work of each of those that there is time for. One that fails takes nothing of the others along: it read."""
    end = time.monotonic() + LONGEST
    while units and time.monotonic() < end:
        unit = units.popleft()
        done.append(unit)
        if not unit.answer.cancelled():
            yield unit.read
