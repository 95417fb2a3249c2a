"""Statements over thousands of rows: written once for each database, sent as they are, paid by the row (ADR 0010).

SQLite is given the rows as they stand (executemany). PostgreSQL is given each column as one array literal and unnests
them: one statement, and no work of Python's for each value. Values are those that the columns keep: instants as
milliseconds, local moments as ISO text (storage.types).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, CursorResult, Table

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bulk:
    """One statement. `kinds`: of each of a row's values, `text` or `bigint`.

    `sqlite` has a ? for each value of a row; `postgresql` says {rows} where the rows stand, as `unnest(…)`, after which
    it names their columns.
    """

    sqlite: str
    postgresql: str
    kinds: tuple[str, ...]

    def run(self, connection: Connection, rows: Sequence[Values]) -> CursorResult[Any]:
        """Run it for these rows, at least one. The rowcount is that of all of them together."""
        if connection.dialect.name != "postgresql":
            return connection.exec_driver_sql(self.sqlite, rows)
        columns = zip(self.kinds, zip(*rows, strict=True), strict=True)
        values = tuple(_numbers(column) if kind == "bigint" else _texts(column) for kind, column in columns)
        return connection.exec_driver_sql(self.postgresql.format(rows=_unnest(self.kinds)), values)


def insert(
    table: Table, columns: Iterable[str], fixed: Mapping[str, str], *, new: bool = False, reckoned: str = ""
) -> Bulk:
    """An INSERT of these columns, and of `fixed` ones in SQL, the same in every row.

    `new`: existing rows stay. `reckoned`: on PostgreSQL, what is added to the last column's value.
    """
    own = list(columns)
    names, always = ", ".join([*own, *fixed]), "".join(f", {value}" for value in fixed.values())
    into, last = f"INSERT INTO {table.name} ({names})", " ON CONFLICT DO NOTHING" if new else ""
    marks, of_row = ", ".join("?" * len(own)), ", ".join(f"v.{one}" for one in own) + reckoned
    return Bulk(
        f"{into} VALUES ({marks}{always}){last}",
        f"{into} SELECT {of_row}{always} FROM {{rows}} AS v({', '.join(own)}){last}",  # noqa: S608  # ours
        tuple("bigint" if isinstance(_kept(table.c[one].type), sa.Integer) else "text" for one in own),
    )


def tuples(connection: Connection, statement: str, values: Values) -> list[Values]:
    """The rows of a query as the driver gives them. Its parameters are written ?, on both databases."""
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    return list(connection.exec_driver_sql(statement, values).cursor.fetchall())


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
