"""What a process remembers of teams between units of work: who they are and who does what, which changes rarely.

Every change of it gives its team a new mark, in the same transaction; what was read is remembered with the mark that
was read before it. So what is remembered is true wherever the mark still stands, whichever process changed it, and a
change that is rolled back takes its mark along: no mark is ever given twice (ADR 0013).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from storage import schema as s
from storage.prepared import Prepared, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

T = TypeVar("T")
_NOTHING = object()
MOST = 20_000
"""Things remembered, of all teams together."""

_MARK = Prepared(sa.select(s.teams.c.mark).where(s.teams.c.id == given("team")))
_MOVE = Prepared(sa.update(s.teams).where(s.teams.c.id == given("team")).values(mark=given("mark")))


class Memory(dict[tuple[Any, ...], Any]):
    """Of one database: what was read, by the mark that it was read under."""

    def keep(self, key: tuple[Any, ...], value: object) -> None:
        if len(self) >= MOST:
            self.clear()
        self[key] = value


@dataclass(frozen=True, slots=True)
class Remembered:
    """One transaction's way to it. `marks` are those that were read, or given, in it; `teams` those that were found."""

    connection: Connection
    memory: Memory = field(default_factory=Memory)
    marks: dict[str, str] = field(default_factory=dict)
    teams: dict[tuple[str, str], str] = field(default_factory=dict)
    """By platform and its own id."""

    def get(self, team: str, what: tuple[str, ...], read: Callable[[], T]) -> T:
        """What `read` gives, read only if it may have changed since it was read last."""
        mark = self.marks.get(team) or self._mark(team)
        if mark is None:
            return read()
        key = (mark, *what)
        found = self.memory.get(key, _NOTHING)  # another thread may empty it at any moment
        if found is not _NOTHING:
            return found  # type: ignore[no-any-return]
        value = read()
        self.memory.keep(key, value)
        return value

    def _mark(self, team: str) -> str | None:
        row = _MARK.first(self.connection, team=team)
        if row is None:
            return None
        self.marks[team] = row.mark
        return row.mark  # type: ignore[no-any-return]

    def changed(self, team: str) -> None:
        """Whatever is remembered of a team is true no more."""
        mark = s.new_mark()
        _MOVE.run(self.connection, team=team, mark=mark)
        self.marks[team] = mark
