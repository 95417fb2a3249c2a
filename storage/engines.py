"""Connections as each database needs them: SQLite with one writer in BEGIN IMMEDIATE, PostgreSQL with a small pool."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidatePoolError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.pool import StaticPool

from bot.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL
    from sqlalchemy.pool import ConnectionPoolEntry

WRITERS = 4
"""Units of work that write side by side on PostgreSQL."""
READERS = 2
"""Units of work that read side by side."""
SPARE = 2
"""Connections of PostgreSQL beyond those: the migration at start, the checks, the hints."""
ALIVE = {
    "connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}  # fmt: skip
"""A PostgreSQL that vanished without a word is noticed within a minute. What the URL says of these wins."""
RECENT = 1.0
"""Seconds since its last use for which a connection of PostgreSQL is not pinged."""
LOST_TIES = frozenset({"40001", "40P01", "26000"})
"""SQLSTATEs of PostgreSQL after which a second run may succeed: serialization failure, deadlock, and a prepared
statement that went with a savepoint that was rolled back.
"""
BUSY_MS = 5000
"""Milliseconds that SQLite waits for another process (a backup, the doctor) to let go of the file."""
OLDEST_SQLITE = (3, 35, 0)  # the first with RETURNING


@dataclass(frozen=True, slots=True)
class Engines:
    """A write engine and a read engine. `threads` is how many units of work may write side by side.

    On SQLite in memory both are the same single connection.
    """

    write: Engine
    read: Engine
    threads: int

    @property
    def dialect(self) -> str:
        return self.write.dialect.name

    def dispose(self) -> None:
        self.read.dispose()
        self.write.dispose()


def open_engines(address: str) -> Engines:
    """Create engines for a `DATABASE_URL`. Raises ConfigurationError when it names no supported database."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise ConfigurationError("config.database_url", value=_mask(address)) from error
    match url.get_backend_name():
        case "sqlite":
            return _open_sqlite(url)
        case "postgresql":
            return _open_postgresql(url)
        case _:
            raise ConfigurationError("config.database_url", value=_mask(address))


def _mask(address: str) -> str:
    """Hide all that stands before the @ of an address, which may be a password."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://…@{rest.rpartition('@')[2]}" if "@" in rest else address


def _open_sqlite(url: URL) -> Engines:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise ConfigurationError("config.sqlite_old", found=sqlite3.sqlite_version, needed="3.35")
    memory = url.database in (None, "", ":memory:")
    options: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
    if memory:
        options["poolclass"] = StaticPool
    write = sa.create_engine(url, **options)
    event.listen(write, "connect", _prepare_writer)
    event.listen(write, "begin", _begin_immediate)
    if memory:
        return Engines(write, write, threads=1)
    read = sa.create_engine(url, pool_size=READERS, max_overflow=SPARE, **options)
    event.listen(read, "connect", _prepare_reader)
    event.listen(read, "begin", _begin)
    return Engines(write, read, threads=1)


def _prepare_writer(connection: sqlite3.Connection, _record: object) -> None:
    """Let SQLAlchemy begin transactions, since the driver's would be deferred, and choose safety over speed."""
    connection.isolation_level = None
    _use_wal(connection)
    for pragma in ("foreign_keys=ON", f"busy_timeout={BUSY_MS}", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. Two processes may switch a new file at once; the loser is refused without any busy_timeout."""
    for attempts_left in reversed(range(50)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if not attempts_left:
                raise
            time.sleep(0.02)
        else:
            return


def _prepare_reader(connection: sqlite3.Connection, record: object) -> None:
    _prepare_writer(connection, record)
    connection.execute("PRAGMA query_only=ON")


def _begin_immediate(connection: sa.Connection) -> None:
    """Begin at once as a writer: deferred, 923 of 1,200 contended writes fail whatever busy_timeout says (measured)."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


class RepeatedError(Exception):
    """Another process handled the same request meanwhile: a second run of the unit of work finds its reply."""


def lost_tie(error: BaseException) -> bool:
    """Return True if a unit of work failed only because of another transaction, so that a second run may succeed."""
    sqlstate = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return isinstance(error, RepeatedError) or sqlstate in LOST_TIES


def store_error(error: Exception) -> Exception:
    """Wrap a database's error as a StoreError; return any other error as it is.

    It is permanent when the work itself is at fault: it would fail again on a healthy database.
    """
    if not isinstance(error, SQLAlchemyError | sqlite3.Error):
        return error
    permanent = isinstance(error, IntegrityError | DataError) or type(error) is StatementError
    wrapped = StoreError("store.failed", permanent=permanent, why=type(error).__name__)
    wrapped.__cause__ = error
    return wrapped


def _note_return(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["returned"] = time.monotonic()


def _ping_idle(dialect: Any, connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
    """Ping a connection that was idle for `RECENT` seconds; the pool replaces it if it does not answer.

    The pool's own pre-ping would cost a busy process one more round trip for each commit.
    """
    returned = record.info.get("returned")
    if returned is None or time.monotonic() - returned < RECENT:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError(str(type(error))) from error


def _open_postgresql(url: URL) -> Engines:
    try:
        options = {name: value for name, value in ALIVE.items() if name not in url.query}
        write = sa.create_engine(url, pool_size=WRITERS + READERS, max_overflow=SPARE, connect_args=options)
    except ModuleNotFoundError as error:
        raise ConfigurationError("config.postgres_extra") from error
    event.listen(write, "checkin", _note_return)
    event.listen(write, "checkout", partial(_ping_idle, write.dialect))
    read = write.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    return Engines(write, read, threads=WRITERS)
