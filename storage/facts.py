from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s
from storage.bulk import listed, tuples
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence

_PUT = sa.text(
    "INSERT INTO facts (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
"""One statement: two processes that start together both write a first value."""


@dataclass(frozen=True, slots=True)
class Facts(Repository):
    """Named values of the whole database (port: bot.ports.Facts). `known`: what this unit of work read and wrote."""

    known: dict[str, str | None] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        if key not in self.known:
            self.read([key])
        return self.known[key]

    def read(self, keys: Sequence[str]) -> None:
        condition, values = listed(self.connection, keys)
        statement = f"SELECT key, value FROM facts WHERE key {condition}"  # noqa: S608  # ours
        found: dict[str, str] = dict(tuples(self.connection, statement, (values,)))
        self.known.update({key: found.get(key) for key in keys})

    def put(self, key: str, value: str) -> None:
        self.connection.execute(_PUT, {"key": key, "value": value})
        self.known[key] = value  # now that it is: units of work that are read together share it

    def forget(self, key: str) -> bool:
        gone = self.connection.execute(sa.delete(s.facts).where(s.facts.c.key == key)).rowcount == 1
        self.known[key] = None
        return gone

    def keys(self, prefix: str) -> Sequence[str]:
        found = sa.select(s.facts.c.key).where(s.facts.c.key.startswith(prefix, autoescape=True))
        return self.connection.execute(found).scalars().all()
