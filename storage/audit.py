from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ids import aside, new_id
from bot.record.audit import Entry
from storage import schema as s
from storage.repository import Mapped, Repository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Audit(Mapped[Entry]):
    """Rows ↔ entries of the record (port: bot.record.audit.Audit).

    A team's entries are counted by `number`. Two acts on one item never tie: the second waits for the first one's lock.
    """

    table = s.audit
    noun = Entry

    def write(self, entry: Entry) -> None:
        where = self.table.c
        highest = sa.select(sa.func.coalesce(sa.func.max(where.number), 0)).where(where.team_id == entry.team)
        self.connection.execute(sa.insert(self.table).values(**self._row(entry), number=highest.scalar_subquery() + 1))

    def latest(self, team: str, *, limit: int, actor: str | None = None) -> Sequence[Entry]:
        where = self.table.c
        query = self._query().where(where.team_id == team)
        if actor is not None:
            query = query.where(where.actor_id == actor)
        return self._read_newest(query.limit(limit))

    def of_subject(self, team: str, subject: str, subject_id: str) -> Sequence[Entry]:
        where = self.table.c
        return self._read_newest(
            self._query().where(where.team_id == team, where.subject == subject, where.subject_id == subject_id)
        )

    def _read_newest(self, query: sa.Select[tuple[object, ...]]) -> list[Entry]:
        return self._read(query.order_by(self.table.c.number.desc(), self.table.c.id.desc()))


class Notes(Repository):
    """Rows ↔ free text (port: bot.record.audit.Notes)."""

    def put(self, team: str, note: str, text: str) -> None:
        self.connection.execute(sa.insert(s.notes).values(team_id=team, id=note, text=text))

    def get(self, team: str, note: str) -> str | None:
        where = s.notes.c
        return self.connection.execute(sa.select(where.text).where(where.team_id == team, where.id == note)).scalar()

    def forget(self, beginning: str, before: datetime) -> int:
        where = s.notes.c
        with aside():
            oldest_kept = new_id(before)  # ids are ordered by their time
        old = sa.and_(where.text.startswith(beginning, autoescape=True), where.id < oldest_kept)
        return self.connection.execute(sa.delete(s.notes).where(old)).rowcount

    def erase(self, team: str, note: str) -> bool:
        where = s.notes.c
        deleted = self.connection.execute(sa.delete(s.notes).where(where.team_id == team, where.id == note))
        return deleted.rowcount == 1
