from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s
from storage.prepared import Prepared, given
from storage.repository import Repository
from storage.types import milliseconds

if TYPE_CHECKING:
    from datetime import datetime

    from storage.later import Later

_STORED = Prepared(
    sa.select(s.requests.c.reply).where(s.requests.c.team_id == given("of_team"), s.requests.c.key == given("of_key"))
)


@dataclass(frozen=True, slots=True)
class Requests(Repository):
    """The keys that were handled (port: bot.request.Requests).

    Who trusts takes a key for a new one; a transaction that was mistaken learns of it at its end, and is run again.
    """

    later: Later

    def find(self, team: str, key: str) -> str | None:
        held = self.later.replies.get((team, key))
        if held is not None:
            return str(held[-1])
        if self.later.trusting:
            return None
        stored = _STORED.first(self.connection, of_team=team, of_key=key)
        return stored.reply if stored else None

    def put(self, team: str, key: str, now: datetime, reply: str) -> None:
        self.later.answer((team, key, milliseconds(now), reply))

    def forget(self, before: datetime) -> int:
        return self.connection.execute(sa.delete(s.requests).where(s.requests.c.at < before)).rowcount
