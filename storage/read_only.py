"""Open a database for reading only: nothing is created, migrated or changed, not even the journal beside the file."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreError
from storage.engines import open_engines
from storage.migrate import config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from storage.store import UnitOfWork

MAGIC = b"SQLite format 3\x00"


def sqlite_file(address: str) -> Path | None:
    """Return the file behind a `DATABASE_URL`; None for PostgreSQL and SQLite in memory."""
    open_engines(address).dispose()  # raises for a wrong address; no connection is opened before the first use
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).absolute()


def connect_read_only(file: Path) -> sqlite3.Connection:
    """Connect to a SQLite file without ever writing: where no process keeps a journal beside it, none is made."""
    busy = file.with_name(f"{file.name}-wal").exists()
    mode = "mode=ro" if busy else "mode=ro&immutable=1"
    return sqlite3.connect(f"file:{quote(str(file))}?{mode}", uri=True, timeout=5, check_same_thread=False)


@contextmanager
def open_read_only(address: str) -> Iterator[Connection | None]:
    """Open a connection that cannot write; None if there is no database yet. Raises StoreError when unreachable."""
    engine = _create_engine(address)
    if engine is None:
        yield None
        return
    try:
        with engine.connect() as connection:
            yield connection
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError("store.unreachable", why=type(error).__name__) from error
    finally:
        engine.dispose()


def _create_engine(address: str) -> Engine | None:
    file = sqlite_file(address)
    if file is not None:
        filled = file.exists() and file.stat().st_size > 0
        return sa.create_engine("sqlite://", creator=lambda: connect_read_only(file)) if filled else None
    engines = open_engines(address)
    return engines.read if engines.dialect == "postgresql" else None


def revision(connection: Connection) -> str | None:
    """Return the revision of a database; None if it has no tables of ours."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def is_known_revision(revision: str) -> bool:
    """Return True if this version of the product has a revision."""
    from alembic.script import ScriptDirectory

    return any(script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions())


def unit_of_work_over(connection: Connection) -> UnitOfWork:
    """Build a unit of work for what the command line reads: every write through it fails."""
    from storage.store import UnitOfWork, catalogue_of

    return UnitOfWork(connection, datetime.now(UTC), catalogue_of)


@contextmanager
def tables(address: str) -> Iterator[UnitOfWork | None]:
    """Open a unit of work that only reads; None while there are no tables of ours. Raises StoreError."""
    with open_read_only(address) as connection:
        if connection is None or revision(connection) is None:
            yield None
        else:
            yield unit_of_work_over(connection)
