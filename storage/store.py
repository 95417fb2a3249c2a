"""Units of work: synchronous SQLAlchemy in database threads, behind the async Store port (ENGINE §1, ADR 0003)."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.catalogue.loader import load
from storage.audit import Audit, Notes
from storage.batch import plan_afresh
from storage.engines import READERS, RepeatedError, lost_tie, open_engines, store_error
from storage.facts import Facts
from storage.group_commit import MAX_RUNS, GroupCommit
from storage.influencers import Influencers
from storage.items import Items
from storage.members import Members
from storage.outbox import Outbox
from storage.postings import Postings, Reactions
from storage.repository import ignore_due
from storage.requests import Requests
from storage.roles import Roles
from storage.schedules import Schedules
from storage.teams import Teams
from storage.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from bot.catalogue.loader import Catalogue
    from bot.clock import Clock
    from storage.engines import Engines

T = TypeVar("T")
log = structlog.get_logger()

PATIENCE = 0.5
"""Seconds that a batch lets interactive work go first: under a steady stream of clicks, nudges still leave."""


def catalogue_of(team: str) -> Catalogue:
    """Return the catalogue that the product ships with, whatever the team."""
    return load(team=team)


class UnitOfWork:
    """The repositories over one transaction (port: bot.ports.Tx)."""

    def __init__(self, connection: Connection, now: datetime, catalogue: Callable[[str], Catalogue]) -> None:
        self.connection = connection
        self.now = now
        self.catalogue = catalogue
        self.due: list[datetime] = []
        """Instants at which something that was written here will be due."""

    @cached_property
    def teams(self) -> Teams:
        return Teams(self.connection)

    @cached_property
    def members(self) -> Members:
        return Members(self.connection)

    @cached_property
    def roles(self) -> Roles:
        return Roles(self.connection)

    @cached_property
    def templates(self) -> Templates:
        return Templates(self.connection)

    @cached_property
    def items(self) -> Items:
        return Items(self.connection)

    @cached_property
    def schedules(self) -> Schedules:
        return Schedules(self.connection, self.due.append)

    @cached_property
    def postings(self) -> Postings:
        return Postings(self.connection, self.now, self.outbox)

    @cached_property
    def reactions(self) -> Reactions:
        return Reactions(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.connection, self.due.append)

    @cached_property
    def requests(self) -> Requests:
        return Requests(self.connection)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.connection)

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
    batches leave at least one thread free. Interactive writes are committed in groups on both.
    """

    def __init__(self, engines: Engines, clock: Clock, catalogue: Callable[[str], Catalogue] = catalogue_of) -> None:
        self._engines = engines
        self._clock = clock
        self._catalogue = catalogue
        self._writers = ThreadPoolExecutor(engines.threads, thread_name_prefix="vigie-db")
        shared = engines.read is engines.write  # in memory there is one connection, hence one thread
        self._readers = self._writers if shared else ThreadPoolExecutor(READERS, thread_name_prefix="vigie-db-read")
        self._group_commit = GroupCommit(engines.write, self._writers)
        self._batches = asyncio.Semaphore(max(1, engines.threads - 1))
        self._interactive = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.expect: Callable[[datetime], None] = ignore_due
        """Called on the event loop, after interactive work, with the earliest instant that it leaves to be due."""

    @property
    def engines(self) -> Engines:
        return self._engines

    async def write(self, work: Callable[[UnitOfWork], T], *, batch: bool = False) -> T:
        """Run `work` in one transaction; a batch waits for a quiet moment, but never longer than `PATIENCE`.

        `work` may be run again after a deadlock: it must change nothing but through its unit of work.
        """
        if batch:
            async with self._batches:  # one at a time on SQLite: a click waits for one batch at most
                await self._wait_for_quiet()
                return await self._in_thread(self._writers, self._engines.write, work)
        self._interactive += 1
        self._quiet.clear()
        try:
            return await self._write_in_group(work)
        finally:
            self._interactive -= 1
            if self._interactive == 0:
                self._quiet.set()

    async def _write_in_group(self, work: Callable[[UnitOfWork], T]) -> T:
        due: list[datetime] = []

        def run(connection: Connection) -> T:
            tx = self._unit_of_work(connection)
            value = work(tx)
            due[:] = tx.due
            return value

        def announce_due() -> None:
            """Announce it even if the commit's answer was lost: the rows may be there."""
            if due:
                self.expect(min(due))

        return await self._group_commit.submit(run, announce_due)

    async def _wait_for_quiet(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._quiet.wait()

    async def read(self, work: Callable[[UnitOfWork], T], *, batch: bool = False) -> T:
        return await self._in_thread(self._readers, self._engines.read, _planned_afresh(work) if batch else work)

    async def _in_thread(self, pool: ThreadPoolExecutor, engine: Engine, work: Callable[[UnitOfWork], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, self.run_now, engine, work)

    def run_now(self, engine: Engine, work: Callable[[UnitOfWork], T]) -> T:
        """Run one unit of work in this thread, in a transaction of its own (the command line has no event loop)."""
        for run in range(1, MAX_RUNS + 1):
            try:
                with engine.begin() as connection:
                    return work(self._unit_of_work(connection))
            except (SQLAlchemyError, RepeatedError) as error:
                if run == MAX_RUNS or not lost_tie(error):
                    raise store_error(error) from error
                log.info("unit of work run again", why=type(error).__name__)
        raise AssertionError("the last run returns or raises")

    def _unit_of_work(self, connection: Connection) -> UnitOfWork:
        return UnitOfWork(connection, self._clock.now(), self._catalogue)

    async def close(self) -> None:
        for threads in (self._writers, self._readers):
            await asyncio.to_thread(threads.shutdown)  # what is under way may take a while; the loop goes on
        self._engines.dispose()


def open_store(address: str, clock: Clock, catalogue: Callable[[str], Catalogue] = catalogue_of) -> SqlStore:
    """Open the store of a `DATABASE_URL`, whose tables must be current (storage.migrate.upgrade)."""
    return SqlStore(open_engines(address), clock, catalogue)


def _planned_afresh(work: Callable[[UnitOfWork], T]) -> Callable[[UnitOfWork], T]:
    def run(tx: UnitOfWork) -> T:
        plan_afresh(tx.connection)
        return work(tx)

    return run
