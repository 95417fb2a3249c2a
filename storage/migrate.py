"""Bring a database's tables to this version of the product, under a lock, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config
    from sqlalchemy import Connection, Engine

LOCK = 0x7649_6769  # « Vigi »: any constant that only we use as a PostgreSQL advisory lock


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def head() -> str:
    """The newest revision that this version of the product knows."""
    from alembic.script import ScriptDirectory

    found = ScriptDirectory.from_config(config()).get_current_head()
    assert found is not None
    return found


def current(engine: Engine) -> str | None:
    """The revision of a database; None when it has no tables of ours."""
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, to: str = "head") -> None:
    """Migrate up. A second process waits for the lock and then finds nothing to do."""
    from alembic import command

    _migrate(engine, lambda connection: command.upgrade(config(connection), to))


def downgrade(engine: Engine, to: str) -> None:
    """Migrate down (rows of tables that go are lost: the guide says to take a backup first)."""
    from alembic import command

    _migrate(engine, lambda connection: command.downgrade(config(connection), to))


def _migrate(engine: Engine, run: Callable[[Connection], None]) -> None:
    if engine.dialect.name == "sqlite":
        _migrate_sqlite(engine, run)
        return
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        run(connection)


def _migrate_sqlite(engine: Engine, run: Callable[[Connection], None]) -> None:
    """SQLite rebuilds a table to change it, and dropping the old one would cascade into its children: 1,000 child
    rows became 0 with foreign_keys=ON (measured). The pragma has no effect inside a transaction, hence before it.
    """
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                run(connection)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise StoreError("store.broken_keys", count=len(broken))
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
