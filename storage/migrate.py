"""Bring a database's tables to this version of the product, under a lock, all or nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreError
from storage.engines import BUSY_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config
    from sqlalchemy import Connection, Engine

LOCK = 0x7649_6769  # « Vigi »: any constant that only we use as a PostgreSQL advisory lock
FOLDER = Path(__file__).parent / "migrations"
PATIENCE_MS = 60_000
"""Milliseconds that a second process waits for the first one's migration of a SQLite file."""


def config(connection: Connection | None = None) -> Config:
    """Build Alembic's configuration, without an ini file."""
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER))
    configuration.attributes["connection"] = connection
    return configuration


def head() -> str:
    """Return the newest revision that this version of the product has."""
    from alembic.script import ScriptDirectory

    revision = ScriptDirectory.from_config(config()).get_current_head()
    assert revision is not None
    return revision


def newest() -> str:
    """Return what :func:`head` does from the names of the files, numbered one after the other: a millisecond."""
    return max(file.name for file in (FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]


def _read_revision(engine: Engine) -> str | None:
    """Return the revision of a database; None where there is none, or where it cannot be read."""
    try:
        with engine.connect() as connection:
            revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return None
    return revision


def current(engine: Engine) -> str | None:
    """Return the revision of a database; None if it has no tables of ours."""
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, to: str = "head") -> Path | None:
    """Migrate up; a second process waits for the lock and then finds nothing to do. Returns the copy that was made.

    A SQLite file that holds something is first copied beside itself, as `NAME.before-REVISION.db`: the latest state
    before that revision. (PostgreSQL's own tools back it up.) Raises StoreError; nothing has changed then.
    Nothing is locked and Alembic is not even loaded where the tables are those of this version already.
    """
    if to == "head" and _read_revision(engine) == newest():
        return None
    from alembic import command

    try:
        copy = _copy_beside(engine, to)
    except SQLAlchemyError as error:  # no such folder, or no database: the file was not even looked into
        raise StoreError("store.unreachable", why=type(error).__name__) from error
    _migrate(engine, lambda connection: command.upgrade(config(connection), to))
    return copy


def downgrade(engine: Engine, to: str) -> None:
    """Migrate down (rows of tables that go are lost: the guide says to take a backup first)."""
    from alembic import command

    _migrate(engine, lambda connection: command.downgrade(config(connection), to))


def _copy_beside(engine: Engine, to: str) -> Path | None:
    """Copy a SQLite file that an upgrade would change; None when there is nothing to copy or nothing to change."""
    name = engine.url.database or ":memory:"
    if engine.dialect.name != "sqlite" or name == ":memory:":
        return None
    from alembic.script import ScriptDirectory

    goal = ScriptDirectory.from_config(config()).get_revision(to)
    was = current(engine)
    if was in (None, goal.revision):
        return None
    file = Path(name)
    copy = file.with_name(f"{file.stem}.before-{goal.revision}.db")
    return copy if _vacuum_into(engine, copy, was) else None


def _vacuum_into(engine: Engine, copy: Path, revision: str) -> bool:
    """Write a copy, whole or not at all; False when another process was faster and it would be of the new tables."""
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    connection = engine.raw_connection()  # VACUUM cannot run inside a transaction
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(fresh),))
    except sqlite3.Error as error:
        raise StoreError("store.failed", why=type(error).__name__) from error
    finally:
        connection.close()
    copied = sa.create_engine(f"sqlite:///{fresh}")
    same = current(copied) == revision
    copied.dispose()
    if same:
        shutil.copymode(str(engine.url.database), fresh)
        fresh.replace(copy)
    fresh.unlink(missing_ok=True)
    return same


def _migrate(engine: Engine, run: Callable[[Connection], None]) -> None:
    from alembic.util import CommandError

    try:
        if engine.dialect.name == "sqlite":
            _migrate_sqlite(engine, run)
        else:
            _migrate_postgresql(engine, run)
    except CommandError as error:  # the database names a revision that this version of the product has not
        raise StoreError("store.newer", known=head()) from error
    except SQLAlchemyError as error:
        raise StoreError("store.failed", why=type(error).__name__) from error


def _migrate_postgresql(engine: Engine, run: Callable[[Connection], None]) -> None:
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        run(connection)


def _migrate_sqlite(engine: Engine, run: Callable[[Connection], None]) -> None:
    """Migrate with foreign keys off: SQLite rebuilds a table to change it, and dropping the old one cascades.

    1,000 child rows became 0 with foreign_keys=ON (measured). The pragma has no effect inside a transaction.
    """
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        try:
            with connection.begin():
                run(connection)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise StoreError("store.broken_keys", count=len(broken))
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
            raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
