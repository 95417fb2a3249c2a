from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s
from storage.engines import RepeatedError
from storage.repository import Repository

if TYPE_CHECKING:
    from datetime import datetime


class Requests(Repository):
    """Rows ↔ the keys of requests that were handled, with their replies (port: bot.request.Requests)."""

    def find(self, team: str, key: str) -> str | None:
        where = s.requests.c
        return self.connection.execute(sa.select(where.reply).where(where.team_id == team, where.key == key)).scalar()

    def put(self, team: str, key: str, now: datetime, reply: str) -> None:
        """Store a reply. Raises RepeatedError when another process stored one since `find`: the unit runs again."""
        if not self.insert_if_new(s.requests, {"team_id": team, "key": key, "at": now, "reply": reply}):
            raise RepeatedError

    def forget(self, before: datetime) -> int:
        return self.connection.execute(sa.delete(s.requests).where(s.requests.c.at < before)).rowcount
