"""Statements over thousands of rows: written once for each database, sent as they are, paid by the row (ADR 0010).

A thousand rows are one statement, so that the driver lets the other threads run until it is done, instead of asking
for the interpreter again after every row. SQLite is given VALUES; PostgreSQL is given each column as one array literal
and unnests them. Values are those that the columns keep: instants as milliseconds, local moments as ISO text
(storage.types).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from storage.prepared import send

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table

Values = tuple[Any, ...]
MOST = 2500
"""Rows of one statement on SQLite, which takes 32,766 values at most: 13 a row."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """One statement on each database, which says {rows} where the rows stand. `kinds`: of each of a row's values.

    On SQLite they become « (?, ?), (?, ?) … », `marks` being one of them; on PostgreSQL « unnest(…) », after which the
    statement names their columns.
    """

    sqlite: str
    postgresql: str
    kinds: tuple[str, ...]
    marks: str

    def run(self, connection: Connection, rows: Sequence[Values]) -> int:
        """Run it for these rows; returns how many rows of the table it changed."""
        return changed(self.sent(connection, rows))

    def read(self, connection: Connection, rows: Sequence[Values]) -> list[Values]:
        """What it finds for these rows, as the driver gives it."""
        return found(self.sent(connection, rows))

    def sent(self, connection: Connection, rows: Sequence[Values]) -> list[Any]:
        """Send it for these rows, if any: the driver's cursors, for :func:`changed` or :func:`found`."""
        if not rows:
            return []
        if connection.dialect.name == "postgresql":
            return [self.unnested(connection, rows)]
        return [send(connection, *part) for part in self._parts(rows)]

    def _parts(self, rows: Sequence[Values]) -> Iterable[tuple[str, Values]]:
        """The statements on SQLite, each with its values."""
        for begin in range(0, len(rows), MOST):
            some = rows[begin : begin + MOST]
            yield _spelt(self.sqlite, self.marks, len(some)), tuple(chain.from_iterable(some))

    def unnested(self, connection: Connection, rows: Sequence[Values]) -> Any:
        """The same on PostgreSQL: the driver's cursor, for what it returns."""
        columns = zip(self.kinds, zip(*rows, strict=True), strict=True)
        values = tuple(_numbers(column) if kind == "bigint" else _texts(column) for kind, column in columns)
        return send(connection, self.postgresql.format(rows=_unnest(self.kinds)), values)


def changed(sent: Iterable[Any]) -> int:
    """How many rows of the table a statement changed."""
    return sum(cursor.rowcount for cursor in sent)


def found(sent: Iterable[Any]) -> list[Values]:
    """What a statement found, as the driver gives it."""
    return [row for cursor in sent for row in cursor.fetchall()]


@lru_cache(maxsize=64)
def _spelt(statement: str, marks: str, rows: int) -> str:
    return statement.format(rows=", ".join([marks] * rows))


def plan_afresh(connection: Connection) -> None:
    """Let what follows in this transaction be planned for the tables as they are now (PostgreSQL).

    A statement that the driver has prepared may else keep the plan of a new installation's empty tables until those are
    analysed: one claim took 13 s. Not for inserts: each check of a foreign key would be planned anew as well.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


def update(table: str, columns: Mapping[str, str], change: str, where: str) -> Bulk:
    """An UPDATE of the table, called t, by the rows, called v, with these columns and their kinds."""
    names = ", ".join(columns)
    named = ", ".join(f"column{number} AS {name}" for number, name in enumerate(columns, 1))
    # No WITH on SQLite: Python 3.11 counts what a statement changed only if it begins with UPDATE.
    return Bulk(
        f"UPDATE {table} AS t SET {change} FROM (SELECT {named} FROM (VALUES {{rows}})) AS v WHERE {where}",  # noqa: S608
        f"UPDATE {table} AS t SET {change} FROM {{rows}} AS v({names}) WHERE {where}",  # noqa: S608  # ours
        tuple(columns.values()),
        f"({', '.join('?' * len(columns))})",
    )


def insert(
    table: Table, columns: Iterable[str], fixed: Mapping[str, str], *, new: bool = False, reckoned: str = ""
) -> Bulk:
    """An INSERT of these columns, and of `fixed` ones in SQL, the same in every row.

    `new`: existing rows stay. `reckoned`: on PostgreSQL, what is added to the last column's value.
    """
    own = list(columns)
    names, always = ", ".join([*own, *fixed]), "".join(f", {value}" for value in fixed.values())
    into, last = f"INSERT INTO {table.name} ({names})", " ON CONFLICT DO NOTHING" if new else ""
    of_row = ", ".join(f"v.{one}" for one in own) + reckoned
    return Bulk(
        f"{into} VALUES {{rows}}{last}",
        f"{into} SELECT {of_row}{always} FROM {{rows}} AS v({', '.join(own)}){last}",  # noqa: S608  # ours
        tuple("bigint" if isinstance(_kept(table.c[one].type), sa.Integer) else "text" for one in own),
        f"({', '.join('?' * len(own))}{always})",
    )


def select(keys: Mapping[str, str], what: str) -> Bulk:
    """A SELECT that joins the rows, called v, with these columns and their kinds."""
    names = ", ".join(keys)
    return Bulk(
        f"WITH v({names}) AS (VALUES {{rows}}) SELECT {what}",
        f"WITH v({names}) AS (SELECT * FROM {{rows}}) SELECT {what}",  # noqa: S608  # ours
        tuple(keys.values()),
        f"({', '.join('?' * len(keys))})",
    )


def tuples(connection: Connection, statement: str, values: Values) -> list[Values]:
    """The rows of a query as the driver gives them. Its parameters are written ?, on both databases."""
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    return list(send(connection, statement, values).fetchall())


def listed(connection: Connection, values: Sequence[str]) -> tuple[str, str]:
    """A condition on a text column (« IN … »), and its one parameter: these values, however many."""
    if connection.dialect.name == "postgresql":
        return "= ANY(?::text[])", _texts(values)
    return "IN (SELECT value FROM json_each(?))", json.dumps(values)


def _kept(kind: Any) -> Any:
    """The type of a column as the database has it."""
    return kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind


def _unnest(kinds: Iterable[str]) -> str:
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})"


def _numbers(values: Iterable[int | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _texts(values: Sequence[str | None]) -> str:
    """An array literal: every text quoted, so that nothing in it means anything to the database."""
    if None in values:
        return "{" + ",".join(["NULL" if value is None else f'"{_quoted(value)}"' for value in values]) + "}"
    if not values:
        return "{}"
    plain: Sequence[str] = values  # type: ignore[assignment]  # there is no None
    if any(character in "".join(plain) for character in '"\\'):
        plain = [_quoted(value) for value in plain]
    return '{"' + '","'.join(plain) + '"}'


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
