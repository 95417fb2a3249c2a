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
from storage.bulk import listed, tuples
from storage.prepared import Prepared, given

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

T = TypeVar("T")
_NOTHING = object()
MOST = 20_000
"""Things remembered, of all teams together."""

_MET = "met"
"""Begins the keys of the teams that were read."""
_MARKS = "SELECT id, mark FROM teams WHERE id {teams}"
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
    news: set[str] = field(default_factory=set)
    """Marks that this process had not met before: nothing is remembered under them, which need not be tried."""
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

    def many(
        self, teams: Sequence[str], what: tuple[str, ...], read: Callable[[Sequence[str]], Mapping[str, T]]
    ) -> dict[str, T]:
        """What `read` gives of each of these teams, if anything; read only of those for which it may have changed.

        Where no mark was read in this transaction, nothing is remembered: it would cost a statement.
        """
        marks, memory, news = self.marks, self.memory, self.news
        found: dict[str, T] = {}
        missing = []
        for team in teams:
            mark = marks.get(team)
            value: Any = _NOTHING if mark is None or mark in news else memory.get((mark, *what), _NOTHING)
            if value is _NOTHING:
                missing.append(team)
            elif value is not None:
                found[team] = value
        if missing:
            fresh = read(missing)
            found |= fresh
            for team in missing:
                if team in marks:
                    memory.keep((marks[team], *what), fresh.get(team))
        return found

    def look(self, teams: Sequence[str]) -> None:
        """Read the marks of those of these teams that this process has read before, in one statement."""
        met = [team for team in teams if team not in self.marks and (_MET, team) in self.memory]
        if met:
            condition, ids = listed(self.connection, met)
            self.marks.update(tuples(self.connection, _MARKS.format(teams=condition), (ids,)))

    def met(self, team: str, mark: str) -> None:
        """The mark of a team, as a row of it says."""
        self.marks[team] = mark
        if self.memory.get((_MET, team)) != mark:
            self.news.add(mark)
            self.memory.keep((_MET, team), mark)

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
