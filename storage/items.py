from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.tasks.checklist import Item, Run, State
from storage import schema as s
from storage.act_statements import FENCED, SETTLE, WRITTEN
from storage.repository import Mapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class Runs(Mapped[Run]):
    """Rows ↔ openings of a template."""

    table = s.runs
    noun = Run

    def add_new(self, run: Run) -> bool:
        """Insert a run; return False if its occurrence is open already."""
        return self.insert_if_new(self.table, self._row(run))


class Items(Mapped[Item]):
    """Rows ↔ runs and items (port: bot.tasks.checklist.Items)."""

    table = s.items
    noun = Item
    mapped = MappingProxyType({"task": s.tasks.c.definition})
    order = ("start_at", "id")

    def _query(self) -> sa.Select[Any]:
        """Select items with what their task was when their run opened."""
        item, run, task = s.items.c, s.runs.c, s.tasks.c
        return (
            super()
            ._query()
            .join(s.runs, sa.and_(run.team_id == item.team_id, run.id == item.run_id))
            .join(
                s.tasks,
                sa.and_(
                    task.team_id == run.team_id,
                    task.template_id == run.template_id,
                    task.version == run.version,
                    task.position == item.position,
                ),
            )
        )

    def open_run(self, run: Run, items: Sequence[Item]) -> bool:
        if not Runs(self.connection).add_new(run):
            return False
        rows = [{**self._row(item), "position": position} for position, item in enumerate(items, 1)]
        self.connection.execute(sa.insert(s.items), rows)
        return True

    def many(self, team: str, items: Sequence[str]) -> Sequence[Item]:
        return self._select(s.items.c.team_id == team, s.items.c.id.in_(items)) if items else []

    def get(self, team: str, item: str) -> Item | None:
        return self._first(s.items.c.team_id == team, s.items.c.id == item)

    def everywhere(self, keys: Sequence[tuple[str, str]]) -> dict[str, Item]:
        """Read the items of (team, item) keys, by id."""
        if not keys:
            return {}
        keyed, where = self.key_table(keys), s.items.c
        query = self._query().join(keyed, sa.and_(keyed.c.team == where.team_id, keyed.c.id == where.id))
        return {item.id: item for item in self._read(query)}

    def current(self, spans: Mapping[str, tuple[datetime, datetime]]) -> Mapping[str, Sequence[Item]]:
        if not spans:
            return {}
        first, last = min(start for start, _ in spans.values()), max(end for _, end in spans.values())
        groups: dict[str, list[Item]] = {}
        for item in self._select(self.among(s.items.c.team_id, list(spans)), _matters_between(first, last)):
            if _matters(item, *spans[item.team]):
                groups.setdefault(item.team, []).append(item)
        return groups

    def between(self, team: str, start: datetime, end: datetime) -> Sequence[Item]:
        return self._select(s.items.c.team_id == team, _matters_between(start, end))

    def started_within(self, team: str, start: datetime, end: datetime) -> Sequence[Item]:
        where = s.items.c
        started = sa.and_(where.start_at >= start, where.start_at < end)
        matters = sa.or_(where.state == _constant(State.OPEN), where.closed_at >= start)
        return self._select(where.team_id == team, started, matters)

    def settle(self, after: Item, before: Item) -> bool:
        old, new = self._row(before), self._row(after)
        parameters = {
            "of_team": after.team,
            "of_item": after.id,
            **{f"was_{name}": old[name] for name in FENCED},
            **{f"new_{name}": new[name] for name in WRITTEN},
        }
        return self.connection.execute(SETTLE, parameters).rowcount == 1


def _matters_between(start: datetime, end: datetime) -> sa.ColumnElement[bool]:
    """Build the condition: open and begun before `end`, or settled in [start, end)."""
    where = s.items.c
    still = sa.and_(where.state == _constant(State.OPEN), where.start_at < end)
    settled = sa.and_(where.closed_at >= start, where.closed_at < end, where.state != _constant(State.DROPPED))
    return sa.or_(still, settled)


def _constant(state: State) -> sa.BindParameter[str]:
    """Write a state into the statement's text: SQLite matches a partial index with nothing else."""
    return sa.literal(state.value, sa.String(), literal_execute=True)


def _matters(item: Item, start: datetime, end: datetime) -> bool:
    """Apply the condition of :func:`_matters_between` to one item."""
    if item.is_open:
        return item.start < end
    return item.closed_at is not None and start <= item.closed_at < end and item.state is not State.DROPPED
