"""The base of all repositories, and of those that map one table to one class of the domain."""

from __future__ import annotations

import time
from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import sqlalchemy as sa

from storage import batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, Connection, Executable, Table

R = TypeVar("R")


def ignore_due(at: datetime) -> None:
    """Do nothing with the instant at which something will be due: nobody waits for it."""


class Repository:
    """Statements over the connection of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @property
    def on_postgresql(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    def lease_clock(self) -> sa.ColumnElement[int]:
        """Return now in milliseconds on the clock of leases: PostgreSQL's own, since many processes share it."""
        if self.on_postgresql:
            return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()) * 1000, sa.BigInteger)
        return sa.literal(time.time_ns() // 1_000_000, sa.BigInteger)

    def among(self, column: sa.ColumnElement[str], values: Sequence[str]) -> sa.ColumnElement[bool]:
        """Build the condition that a text column has one of these values, which may be thousands."""
        return batch.among(self.connection, column, values)

    def key_table(self, keys: Sequence[tuple[str, str]]) -> sa.FromClause:
        """Build a table of keys to join, with the columns `team` and `id`; there must be at least one key."""
        return batch.table(self.connection, batch.KEYS, sorted(set(keys)))

    def insert_if_new(self, table: Table, row: dict[str, Any]) -> bool:
        """Insert one row unless it exists; return True if it was new."""
        return self.insert_new(table, [row]) == 1

    def insert_new(self, table: Table, rows: Sequence[dict[str, Any]]) -> int:
        """Insert rows with ON CONFLICT DO NOTHING; return how many were new."""
        return batch.insert(self.connection, table, rows, new=True)


class OfTeam(Protocol):
    """A value that belongs to a team."""

    @property
    def team(self) -> str: ...


V = TypeVar("V", bound=OfTeam)


def grouped_by_team(teams: Iterable[str], values: Iterable[V]) -> dict[str, list[V]]:
    """Group values by team, in their order; each of `teams` has a list."""
    groups: dict[str, list[V]] = {team: [] for team in teams}
    for value in values:
        groups[value.team].append(value)
    return groups


class Mapped(Repository, Generic[R]):
    """A repository that reads and writes one class of the domain in one table.

    The fields of `noun` match the columns by name, with `_id` or `_at` where the column has that ending; `mapped` gives
    the column of a field that is named otherwise or stands in a joined table. Rows are read in the order of `order`.
    """

    table: ClassVar[Table]
    noun: ClassVar[type]
    mapped: ClassVar[Mapping[str, Column[Any]]] = MappingProxyType({})
    order: ClassVar[Sequence[str]] = ("id",)
    columns: ClassVar[dict[str, Column[Any]]]

    def __init_subclass__(cls) -> None:
        """Match fields and columns once, when the class is declared. Raises KeyError for a field without a column."""
        if hasattr(cls, "noun"):
            cls.columns = {name: _find_column(cls, name) for name in _field_names(cls.noun)}

    def _row(self, noun: R) -> dict[str, Any]:
        """Return the values of the table's own columns."""
        own = ((name, column) for name, column in self.columns.items() if column.table is self.table)
        return {column.name: getattr(noun, name) for name, column in own}

    def _insert(self, noun: R) -> None:
        self.connection.execute(sa.insert(self.table).values(self._row(noun)))

    def _update(self, noun: R) -> bool:
        """Replace the row with the same key; return False if there is none."""
        row = self._row(noun)
        same = [column == row[column.name] for column in self.table.primary_key]
        return self.connection.execute(sa.update(self.table).where(*same).values(row)).rowcount == 1

    def _delete(self, team: str, noun: str) -> bool:
        """Delete one row; return False if there is none."""
        same = (self.table.c.team_id == team, self.table.c.id == noun)
        return self.connection.execute(sa.delete(self.table).where(*same)).rowcount == 1

    def _first(self, *conditions: sa.ColumnElement[bool]) -> R | None:
        return next(iter(self._select(*conditions)), None)

    def _select(self, *conditions: sa.ColumnElement[bool]) -> list[R]:
        return self._read(self._query().where(*conditions).order_by(*(self.table.c[name] for name in self.order)))

    def _query(self) -> sa.Select[Any]:
        """Build a SELECT of the columns in the order of the fields, to be joined and narrowed."""
        return sa.select(*self.columns.values())

    def _read(self, statement: Executable) -> list[R]:
        """Run a statement that returns the columns of :meth:`_query`."""
        make: Any = self.noun
        return [make(*row) for row in self.connection.execute(statement)]


class Rows(Mapped[R]):
    """A repository of things of a team that have an id: `class Brands(Rows[Brand])` with its `table` and `noun`."""

    def add(self, noun: R) -> None:
        self._insert(noun)

    def save(self, noun: R) -> bool:
        return self._update(noun)

    def get(self, team: str, noun: str) -> R | None:
        return self._first(self.table.c.team_id == team, self.table.c.id == noun)

    def all(self, team: str) -> Sequence[R]:
        return self._select(self.table.c.team_id == team)


def _field_names(noun: Any) -> Sequence[str]:
    return noun._fields if issubclass(noun, tuple) else [field.name for field in fields(noun)]


def _find_column(repository: type[Mapped[Any]], name: str) -> Column[Any]:
    if name in repository.mapped:
        return repository.mapped[name]
    columns = repository.table.c
    matches: list[Column[Any]] = [columns[key] for key in (name, f"{name}_id", f"{name}_at") if key in columns]
    if not matches:
        raise KeyError(name)
    return matches[0]
