"""Thousands of values or rows as one parameter of a statement (ADR 0010).

A statement with a placeholder for each of them would be built, sent and planned anew for each number of rows.
PostgreSQL is given arrays, SQLite one JSON text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Table
    from sqlalchemy.types import TypeEngine

KEYS: Mapping[str, TypeEngine[Any]] = {"team": sa.Text(), "id": sa.Text()}
"""The columns of :func:`table` for keys: a team's id, and that of one of its rows."""


def among(connection: Connection, column: sa.ColumnElement[str], values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Build the condition that a text column has one of these values."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(None, list(values), type_=ARRAY(sa.Text)))
    each = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(each.c.value))


def table(
    connection: Connection, columns: Mapping[str, TypeEngine[Any]], rows: Sequence[Sequence[Any]]
) -> sa.FromClause:
    """Build a table of these rows, to be joined or inserted, with these columns. There must be at least one row."""
    values = list(zip(*rows, strict=True))
    kept = [_kept(connection, kind, column) for kind, column in zip(columns.values(), values, strict=True)]
    if connection.dialect.name == "postgresql":
        arrays = [sa.bindparam(None, list(column), type_=ARRAY(kind)) for kind, column in kept]
        named = [sa.column(name, kind) for name, (kind, _) in zip(columns, kept, strict=True)]
        return sa.func.unnest(*arrays).table_valued(*named, name="batch").render_derived()
    rows_text = json.dumps(list(zip(*(column for _, column in kept), strict=True)))
    each = sa.func.json_each(rows_text).table_valued("value")
    return sa.select(
        *(
            sa.func.json_extract(each.c.value, sa.literal_column(f"'$[{place}]'"), type_=kind).label(name)
            for place, (name, (kind, _)) in enumerate(zip(columns, kept, strict=True))
        )
    ).subquery("batch")


def _kept(
    connection: Connection, kind: TypeEngine[Any], values: Sequence[Any]
) -> tuple[TypeEngine[Any], Sequence[Any]]:
    """Convert a column's values to what the database keeps; return its type there, and them."""
    if isinstance(kind, sa.types.TypeDecorator):
        kept = [kind.process_bind_param(value, connection.dialect) for value in values]
        return _kept(connection, kind.impl_instance, kept)
    return (sa.Text() if isinstance(kind, sa.String) else kind), values


def insert(connection: Connection, into: Table, rows: Sequence[dict[str, Any]], *, new: bool = False) -> int:
    """Insert rows that all have the same columns; return how many. `new`: rows that exist already are left alone.

    PostgreSQL takes many rows as arrays: psycopg's executemany would send a message for each row.
    """
    if not rows:
        return 0
    on_postgresql = connection.dialect.name == "postgresql"
    statement: Any = postgresql.insert(into) if on_postgresql else sqlite.insert(into)
    if new:
        statement = statement.on_conflict_do_nothing()
    statement = statement.execution_options(preserve_rowcount=True)
    if not on_postgresql or len(rows) == 1:
        return connection.execute(statement, rows).rowcount
    kinds = {name: into.c[name].type for name in rows[0]}
    source = table(connection, kinds, [list(row.values()) for row in rows])
    return connection.execute(statement.from_select(list(kinds), sa.select(source))).rowcount


def plan_afresh(connection: Connection) -> None:
    """Have PostgreSQL plan the reads and updates of this transaction for the tables as they are now.

    A prepared statement may otherwise keep the plan of a new installation's empty tables until they are analysed: one
    claim took 13 s. Not for inserts: each check of a foreign key would be planned anew as well.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
