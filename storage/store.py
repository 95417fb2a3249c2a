"""Units of work: synchronous SQLAlchemy in database threads, behind the async Store port (ENGINE §1, ADR 0003)."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.catalogue.loader import load
from bot.errors import StoreError
from storage.audit import Audit, Notes
from storage.bulk import plan_afresh
from storage.engines import READERS, failed, open_engines
from storage.facts import Facts
from storage.influencers import Influencers
from storage.items import Items, Known
from storage.later import Later, RepeatedError
from storage.members import Members
from storage.outbox import Outbox
from storage.postings import Postings, Reactions
from storage.remembered import Memory, Remembered
from storage.repository import untold
from storage.requests import Requests
from storage.roles import Roles
from storage.schedules import Schedules
from storage.teams import Teams
from storage.templates import Templates
from storage.together import Snapshots, Together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from bot.catalogue.loader import Catalogue
    from bot.clock import Clock
    from storage.engines import Engines

T = TypeVar("T")
log = structlog.get_logger()

PATIENCE = 0.5
"""Seconds that a batch lets interactive work go first: under a steady stream of clicks, nudges still leave."""
_AGAIN = frozenset({"40001", "40P01", "26000"})
"""PostgreSQL broke a tie between two units of work (serialization, deadlock), or an earlier fault in the same commit
took back a statement that the driver counts as prepared (unknown statement): run again, the unit is done.
"""
_TRIES = 3


def catalogue_of(team: str) -> Catalogue:
    """The catalogue that the product ships with, whatever the team."""
    return load(team=team)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the units of work of one transaction have in common, as long as none of them is rolled back."""

    remembered: Remembered
    later: Later
    items: Known = field(default_factory=Known)


class UnitOfWork:
    """The repositories over one transaction (port: bot.ports.Tx)."""

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        catalogue: Callable[[str], Catalogue],
        shared: Shared | None = None,
    ) -> None:
        """`shared` is what the units of work of one transaction have in common."""
        self.connection = connection
        self.now = now
        self.catalogue = catalogue
        self._shared = shared or Shared(Remembered(connection), Later(connection))
        self.due: list[datetime] = []
        """When what was written here will be due."""

    def expect(self, at: datetime) -> None:
        self.due.append(at)

    @cached_property
    def teams(self) -> Teams:
        return Teams(self.connection, self._shared.remembered)

    @cached_property
    def members(self) -> Members:
        return Members(self.connection, self._shared.remembered)

    @cached_property
    def roles(self) -> Roles:
        return Roles(self.connection, self._shared.remembered)

    @cached_property
    def templates(self) -> Templates:
        return Templates(self.connection)

    @cached_property
    def items(self) -> Items:
        return Items(self.connection, self._shared.later, self._shared.remembered.memory, self._shared.items)

    @cached_property
    def schedules(self) -> Schedules:
        return Schedules(self.connection, self.expect)

    @cached_property
    def postings(self) -> Postings:
        return Postings(self.connection, self.now, self._shared.later, Outbox(self.connection, self.expect))

    @cached_property
    def reactions(self) -> Reactions:
        return Reactions(self.connection)

    @property
    def outbox(self) -> Outbox:
        """Once the edits that wait are in it."""
        self._shared.later.write()
        return Outbox(self.connection, self.expect)

    @cached_property
    def requests(self) -> Requests:
        return Requests(self.connection, self._shared.later)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.connection, self._shared.later)

    @cached_property
    def notes(self) -> Notes:
        return Notes(self.connection)

    @cached_property
    def influencers(self) -> Influencers:
        return Influencers(self.connection)

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.connection)


class SqlStore:
    """A database as the core sees it (port: bot.ports.Store).

    SQLite has one writer thread, which takes interactive work before batches; PostgreSQL has a small pool, of which
    batches leave at least one thread free. Interactive work is committed together on both.
    """

    def __init__(self, engines: Engines, clock: Clock, catalogue: Callable[[str], Catalogue] = catalogue_of) -> None:
        self._engines = engines
        self._clock = clock
        self._catalogue = catalogue
        self._memory = Memory()
        self._writers = ThreadPoolExecutor(engines.threads, thread_name_prefix="vigie-db")
        shared = engines.read is engines.write  # in memory there is one connection, hence one thread
        self._readers = self._writers if shared else ThreadPoolExecutor(READERS, thread_name_prefix="vigie-db-read")
        self._interactive = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._together = Together(engines.write, self._writers, self._do)
        self._snapshots = Snapshots(engines.read, self._readers, self._do)
        self._batches = asyncio.Semaphore(max(1, engines.threads - 1))
        self.expect: Callable[[datetime], None] = untold
        """Called after interactive work that leaves something to be due, with the instant (from the event loop)."""

    @property
    def engines(self) -> Engines:
        return self._engines

    async def write(self, work: Callable[[UnitOfWork], T], *, batch: bool = False) -> T:
        """Run `work` in one transaction; a batch waits for a quiet moment, but never longer than `PATIENCE`.

        `work` may be run again when PostgreSQL broke a deadlock: it changes nothing but through its unit of work.
        """
        if batch:
            async with self._batches:  # one at a time on SQLite: a click waits for one batch at most
                await self._quiet_moment()
                return await self._run(self._writers, self._engines.write, work)
        self._interactive += 1
        self._quiet.clear()
        due: list[list[datetime]] = []

        def tell() -> None:
            """Also when the commit's answer was lost: it may be there."""
            soon = [at for noted in due for at in noted]
            due.clear()
            if soon:
                self.expect(min(soon))

        try:
            return await self._interact(lambda tx: _noting(tx, work, due), tell)
        finally:
            self._interactive -= 1
            if self._interactive == 0:
                self._quiet.set()

    async def _interact(self, work: Callable[[UnitOfWork], T], tell: Callable[[], None]) -> T:
        try:
            return await self._together.write(work, tell)
        except (StoreError, RepeatedError) as error:
            if not _lost(error.__cause__ or error):
                raise
        try:
            return await self._run(self._writers, self._engines.write, work)
        finally:
            tell()

    async def _quiet_moment(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._quiet.wait()

    async def read(self, work: Callable[[UnitOfWork], T], *, batch: bool = False) -> T:
        if self._engines.threads == 1:
            return await self._snapshots.read(work)
        return await self._run(self._readers, self._engines.read, _planned_afresh(work) if batch else work)

    async def _run(self, pool: ThreadPoolExecutor, engine: Engine, work: Callable[[UnitOfWork], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, self.now_do, engine, work)

    def _do(
        self, connection: Connection, works: Iterable[Callable[[UnitOfWork], T]], *, trusting: bool = False
    ) -> list[T]:
        """Run units of work in a transaction, with all that it leaves for its end. If one fails, all have."""
        shared = Shared(Remembered(connection, self._memory), Later(connection, held=True, trusting=trusting))
        tx = UnitOfWork(connection, self._clock.now(), self._catalogue, shared)
        done = [work(tx) for work in works]
        shared.later.write()
        return done

    def now_do(self, engine: Engine, work: Callable[[UnitOfWork], T]) -> T:
        """Run one unit of work in this thread (the command line and the tests have no loop)."""
        for left in reversed(range(_TRIES)):
            try:
                with engine.begin() as connection:
                    return self._do(connection, [work])[0]
            except (SQLAlchemyError, RepeatedError) as error:
                if not left or not _lost(error):
                    raise failed(error) from error
                log.info("unit of work run again", why=type(error).__name__)
        raise AssertionError("the last try returns or raises")

    async def close(self) -> None:
        for threads in (self._writers, self._readers):
            await asyncio.to_thread(threads.shutdown)  # what is under way may take a while; the loop goes on
        self._engines.dispose()


def open_store(address: str, clock: Clock, catalogue: Callable[[str], Catalogue] = catalogue_of) -> SqlStore:
    """The store behind a `DATABASE_URL`, whose tables must be current (storage.migrate.upgrade)."""
    return SqlStore(open_engines(address), clock, catalogue)


def _planned_afresh(work: Callable[[UnitOfWork], T]) -> Callable[[UnitOfWork], T]:
    def begun(tx: UnitOfWork) -> T:
        plan_afresh(tx.connection)
        return work(tx)

    return begun


def _noting(tx: UnitOfWork, work: Callable[[UnitOfWork], T], due: list[list[datetime]]) -> T:
    """Do the work. Unless it fails, `due` learns when what it writes, at once or at the end, will be due."""
    tx.due = []
    done = work(tx)
    due.append(tx.due)
    return done


def _lost(error: BaseException | None) -> bool:
    """Whether a unit of work failed for another one's sake alone: run again, it is done."""
    tie = isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _AGAIN
    return tie or isinstance(error, RepeatedError)
