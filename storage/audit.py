from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.ids import aside, new_id
from bot.record.audit import Entry
from storage import schema as s
from storage.repository import Repository
from storage.types import milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.later import Later

_json = json.JSONEncoder(sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Audit(Repository):
    """Rows ↔ entries of the record (port: bot.record.audit.Audit)."""

    later: Later

    def write(self, entry: Entry) -> None:
        self.later.record(
            (
                entry.team,
                entry.id,
                milliseconds(entry.at),
                entry.act,
                entry.subject,
                entry.subject_id,
                entry.actor,
                entry.behalf,
                _facts(tuple(entry.before.items())),
                _facts(tuple(entry.after.items())),
                entry.source,
                entry.reason,
            )
        )

    def latest(self, team: str, *, limit: int, actor: str | None = None) -> Sequence[Entry]:
        where = s.audit.c
        query = sa.select(s.audit).where(where.team_id == team)
        if actor is not None:
            query = query.where(where.actor_id == actor)
        return self._entries(query.order_by(where.id.desc()).limit(limit))

    def of_subject(self, team: str, subject: str, subject_id: str) -> Sequence[Entry]:
        where = s.audit.c
        query = sa.select(s.audit).where(
            where.team_id == team, where.subject == subject, where.subject_id == subject_id
        )
        return self._entries(query.order_by(where.id.desc()))

    def _entries(self, query: sa.Select[Any]) -> Sequence[Entry]:
        self.later.write()
        return [_entry(row) for row in self.connection.execute(query)]


@lru_cache(maxsize=4096)
def _facts(facts: tuple[tuple[str, str | None], ...]) -> str:
    """What the record keeps of a thing's state: of most, one of a few."""
    return _json(dict(facts))


def _entry(row: Any) -> Entry:
    return Entry(
        team=row.team_id,
        id=row.id,
        at=row.at,
        act=row.act,
        subject=row.subject,
        subject_id=row.subject_id,
        actor=row.actor_id,
        behalf=row.behalf_id,
        before=json.loads(row.before),
        after=json.loads(row.after),
        source=row.source,
        reason=row.reason,
    )


class Notes(Repository):
    """Rows ↔ free text (port: bot.record.audit.Notes)."""

    def put(self, team: str, note: str, text: str) -> None:
        self.connection.execute(sa.insert(s.notes).values(team_id=team, id=note, text=text))

    def get(self, team: str, note: str) -> str | None:
        where = s.notes.c
        found: str | None = self.connection.execute(
            sa.select(where.text).where(where.team_id == team, where.id == note)
        ).scalar_one_or_none()
        return found

    def forget(self, beginning: str, before: datetime) -> int:
        where = s.notes.c
        with aside():
            oldest_kept = new_id(before)  # ids are ordered by their time
        old = sa.and_(where.text.startswith(beginning, autoescape=True), where.id < oldest_kept)
        return self.connection.execute(sa.delete(s.notes).where(old)).rowcount

    def erase(self, team: str, note: str) -> bool:
        where = s.notes.c
        gone = self.connection.execute(sa.delete(s.notes).where(where.team_id == team, where.id == note))
        return gone.rowcount == 1
