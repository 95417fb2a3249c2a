from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from datetime import datetime


class Requests(Repository):
    """The keys that were handled (port: bot.domain.request.Requests)."""

    def claim(self, team: str, key: str, now: datetime) -> str | None:
        if self.insert_if_new(s.requests, {"team_id": team, "key": key, "at": now}):
            return None
        where = s.requests.c
        stored = self.connection.execute(
            sa.select(where.reply).where(where.team_id == team, where.key == key)
        ).scalar_one()
        return stored or "{}"

    def answer(self, team: str, key: str, reply: str) -> None:
        where = s.requests.c
        self.connection.execute(
            sa.update(s.requests).where(where.team_id == team, where.key == key).values(reply=reply)
        )

    def forget(self, before: datetime) -> int:
        return self.connection.execute(sa.delete(s.requests).where(s.requests.c.at < before)).rowcount
