from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence


class Facts(Repository):
    """Named values of the whole database (port: bot.ports.Facts)."""

    def get(self, key: str) -> str | None:
        found: str | None = self.connection.execute(
            sa.select(s.facts.c.value).where(s.facts.c.key == key)
        ).scalar_one_or_none()
        return found

    def put(self, key: str, value: str) -> None:
        changed = self.connection.execute(sa.update(s.facts).where(s.facts.c.key == key).values(value=value))
        if changed.rowcount == 0:
            self.connection.execute(sa.insert(s.facts).values(key=key, value=value))

    def forget(self, key: str) -> bool:
        return self.connection.execute(sa.delete(s.facts).where(s.facts.c.key == key)).rowcount == 1

    def keys(self, prefix: str) -> Sequence[str]:
        found = sa.select(s.facts.c.key).where(s.facts.c.key.startswith(prefix, autoescape=True))
        return self.connection.execute(found).scalars().all()
