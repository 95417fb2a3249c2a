from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

_PUT = sa.text(
    "INSERT INTO facts (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
"""One statement: two processes that start at once both write a first value."""


class Facts(Repository):
    """Named values of the whole database (port: bot.ports.Facts)."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._cached: dict[str, str | None] = {}
        """Values that this unit of work read or wrote."""

    def get(self, key: str) -> str | None:
        if key not in self._cached:
            self.read([key])
        return self._cached[key]

    def read(self, keys: Sequence[str]) -> None:
        query = sa.select(s.facts.c.key, s.facts.c.value).where(s.facts.c.key.in_(keys))
        self._cached.update(dict.fromkeys(keys))
        self._cached.update({row.key: row.value for row in self.connection.execute(query)})

    def put(self, key: str, value: str) -> None:
        self.connection.execute(_PUT, {"key": key, "value": value})
        self._cached[key] = value

    def forget(self, key: str) -> bool:
        self._cached[key] = None
        return self.connection.execute(sa.delete(s.facts).where(s.facts.c.key == key)).rowcount == 1

    def keys(self, prefix: str) -> Sequence[str]:
        query = sa.select(s.facts.c.key).where(s.facts.c.key.startswith(prefix, autoescape=True))
        return self.connection.execute(query).scalars().all()
