"""What all repositories share: the unit of work's connection, and the one insert that both databases spell apart."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Table


def untold(at: datetime) -> None:
    """Nobody waits for what will be due."""


@dataclass(frozen=True, slots=True)
class Repository:
    """Statements over the connection of one unit of work."""

    connection: Connection

    def lease_clock(self) -> sa.ColumnElement[int]:
        """Now, in milliseconds, on the clock that leases are counted on: on PostgreSQL its own, for all processes."""
        if self.connection.dialect.name == "postgresql":
            return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()) * 1000, sa.BigInteger)
        return sa.literal(time.time_ns() // 1_000_000, sa.BigInteger)

    def insert_if_new(self, table: Table, row: dict[str, Any]) -> bool:
        """Insert one row unless it exists; True if it was new. (An INSERT's rowcount is -1 on PostgreSQL.)"""
        key = next(iter(table.primary_key.columns))
        return self.connection.execute(self.insert_new(table).values(row).returning(key)).first() is not None

    def insert_new(self, table: Table) -> Any:
        """An INSERT that leaves existing rows alone (ON CONFLICT DO NOTHING); RETURNING gives what was new."""
        dialect: Any = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        return dialect.insert(table).on_conflict_do_nothing()
