from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage import schema as s
from storage.prepared import Prepared, given
from storage.repository import Repository

if TYPE_CHECKING:
    from datetime import datetime

_MINE = sa.and_(s.requests.c.team_id == given("of_team"), s.requests.c.key == given("of_key"))
_TAKEN = ("team_id", "key", "at")
_CLAIM = {
    "sqlite": Prepared(sqlite.insert(s.requests).on_conflict_do_nothing(), *_TAKEN),
    "postgresql": Prepared(postgresql.insert(s.requests).on_conflict_do_nothing(), *_TAKEN),
}
_STORED = Prepared(sa.select(s.requests.c.reply).where(_MINE))
_ANSWER = Prepared(sa.update(s.requests).where(_MINE).values(reply=given("reply")))


class Requests(Repository):
    """The keys that were handled (port: bot.domain.request.Requests)."""

    def claim(self, team: str, key: str, now: datetime) -> str | None:
        if _CLAIM[self.connection.dialect.name].run(self.connection, team_id=team, key=key, at=now):
            return None
        stored = _STORED.first(self.connection, of_team=team, of_key=key)
        assert stored is not None, "the database said that it is there"
        return stored.reply or "{}"

    def answer(self, team: str, key: str, reply: str) -> None:
        _ANSWER.run(self.connection, of_team=team, of_key=key, reply=reply)

    def forget(self, before: datetime) -> int:
        return self.connection.execute(sa.delete(s.requests).where(s.requests.c.at < before)).rowcount
