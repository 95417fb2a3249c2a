"""Statements that are built and compiled once for each database, and run straight on the driver's cursor (ADR 0013).

SQLAlchemy builds, keys and dispatches a statement anew at each call: some 250 µs of Python for 10 µs of database. What
a click does dozens of times a second is prepared here instead; everything else stays as it was.
"""

from __future__ import annotations

from collections import namedtuple
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

Raw = tuple[Any, ...]
"""A row as the driver gives it."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    binds: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    """The statement's parameters in their order, and how each value is put into the driver's terms."""
    columns: tuple[tuple[int, Callable[[Any], Any]], ...]
    """The places of the columns whose values come back in other terms than ours."""
    constants: Mapping[str, Any]
    positional: bool

    def values(self, given: Mapping[str, Any]) -> Any:
        if self.constants:
            given = {**self.constants, **given}
        if self.positional:
            return [given[name] if into is None else into(given[name]) for name, into in self.binds]
        return {name: given[name] if into is None else into(given[name]) for name, into in self.binds}


def given(name: str) -> sa.BindParameter[Any]:
    """A parameter of a prepared statement."""
    return sa.bindparam(name, required=False)


def constant(value: str) -> sa.BindParameter[str]:
    """A value that is part of the statement's text: SQLite matches a partial index with nothing else."""
    return sa.literal(value, literal_execute=True)


class Prepared:
    """One statement. Its parameters are those `given` (an INSERT's: its columns too), by name at each run."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update | sa.Delete, *columns: str) -> None:
        """`columns`: those that an INSERT fills, if not all."""
        self._statement = statement
        self._columns = columns or None
        self._compiled: dict[str, _Compiled] = {}
        names = [str(column.key) for column in statement.exported_columns]
        self._row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024  # as Core's rows

    def run(self, connection: Connection, /, **given: Any) -> int:
        """How many rows were changed."""
        return int(self._execute(connection, given).rowcount)

    def raw(self, connection: Connection, /, **given: Any) -> list[Raw]:
        """The rows as they come; :meth:`row` gives one in our terms."""
        found: list[Raw] = self._execute(connection, given).fetchall()
        return found

    def rows(self, connection: Connection, /, **given: Any) -> list[Any]:
        """The rows in our terms, columns by name."""
        return [self.row(connection.dialect, raw) for raw in self.raw(connection, **given)]

    def first(self, connection: Connection, /, **given: Any) -> Any:
        """The first row in our terms, or None."""
        found = self.raw(connection, **given)
        return self.row(connection.dialect, found[0]) if found else None

    def row(self, dialect: Dialect, raw: Raw) -> Any:
        """A row in our terms, columns by name."""
        values = list(raw)
        for place, into in self._for(dialect).columns:
            values[place] = into(values[place])
        return self._row._make(values)

    def _execute(self, connection: Connection, given: Mapping[str, Any]) -> Any:
        compiled = self._for(connection.dialect)
        return send(connection, compiled.text, compiled.values(given))

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _compiled(self._statement, self._columns, dialect)
        return found


def send(connection: Connection, text: str, values: Any) -> Any:
    """The driver's cursor, once the statement was run; the driver's errors are raised as SQLAlchemy's."""
    driver: Any = connection.connection.dbapi_connection
    try:
        return driver.execute(text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _refused(connection, text, error) from error


@contextmanager
def in_one_go(connection: Connection) -> Iterator[None]:
    """What is sent within waits for PostgreSQL once, at the end: until then, nothing of it is to be looked at.

    Between one statement and the next the whole process would wait, and the server as well.
    """
    pipeline: Any = getattr(connection.dialect.loaded_dbapi, "Pipeline", None)
    if pipeline is None or not pipeline.is_supported():  # SQLite; a libpq before 14
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _refused(connection, "", error) from error


def _compiled(statement: Any, columns: Sequence[str] | None, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=columns, compile_kwargs={"render_postcompile": True})
    text = str(compiled)
    names = compiled.positiontup or [name for name in compiled.params if f"%({name})s" in text]
    return _Compiled(
        text=text,
        binds=tuple((name, _into(compiled.binds[name], dialect)) for name in names),
        columns=tuple(
            (place, out)
            for place, column in enumerate(statement.exported_columns)
            if (out := _own(column.type, dialect).result_processor(dialect, None)) is not None
        ),
        constants={name: compiled.binds[name].value for name in names if compiled.binds[name].value is not None},
        positional=compiled.positional,
    )


def _own(kind: TypeEngine[Any], dialect: Dialect) -> Any:
    return kind.dialect_impl(dialect)


def _into(bind: sa.BindParameter[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    into: Callable[[Any], Any] | None = _own(bind.type, dialect).bind_processor(dialect)
    return into


def _refused(connection: Connection, text: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy would have raised it; a lost connection leaves the pool."""
    dialect = connection.dialect
    driver: Any = connection.connection.dbapi_connection
    lost = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=lost,
        dialect=dialect,
    )  # fmt: skip
