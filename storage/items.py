from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.checklist import Item, State
from bot.domain.task import Closing
from storage import schema as s
from storage.repository import Repository
from storage.templates import task_from_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.checklist import Run


class Items(Repository):
    """Rows ↔ runs and items (port: bot.domain.checklist.Items)."""

    def open_run(self, run: Run, items: Sequence[Item]) -> bool:
        row = {
            "team_id": run.team,
            "id": run.id,
            "template_id": run.template,
            "version": run.version,
            "nominal": run.nominal,
            "opened_at": run.opened_at,
        }
        if not self.insert_if_new(s.runs, row):
            return False
        rows = [{**_row(item), "position": position} for position, item in enumerate(items, 1)]
        self.connection.execute(sa.insert(s.items), rows)
        return True

    def get(self, team: str, item: str) -> Item | None:
        found = self.many(team, [item])
        return found[0] if found else None

    def many(self, team: str, items: Sequence[str]) -> Sequence[Item]:
        return self._select(team, s.items.c.id.in_(items)) if items else []

    def everywhere(self, items: Sequence[tuple[str, str]]) -> dict[str, Item]:
        """The items of (team, id) pairs, by id: for the other repositories, which have the pairs from rows."""
        where = s.items.c
        keys = list(items)
        return {item.id: item for item in self._find(sa.tuple_(where.team_id, where.id).in_(keys))} if keys else {}

    def current(self, spans: Mapping[str, tuple[datetime, datetime]]) -> Mapping[str, Sequence[Item]]:
        if not spans:
            return {}
        first, last = min(start for start, _ in spans.values()), max(end for _, end in spans.values())
        found: dict[str, list[Item]] = {}
        for item in self._find(sa.and_(s.items.c.team_id.in_(list(spans)), _matters(first, last))):
            start, end = spans[item.team]
            settled = item.closed_at is not None and start <= item.closed_at < end
            if settled or (item.is_open and item.start < end):
                found.setdefault(item.team, []).append(item)
        return found

    def between(self, team: str, start: datetime, end: datetime) -> Sequence[Item]:
        return self._select(team, _matters(start, end))

    def last_opened(self, team: str) -> datetime | None:
        found: datetime | None = self.connection.execute(
            sa.select(sa.func.max(s.runs.c.opened_at)).where(s.runs.c.team_id == team)
        ).scalar()
        return found

    def settle(self, item: Item, was: State) -> bool:
        where = s.items.c
        row = _row(item)
        changed = self.connection.execute(
            sa.update(s.items)
            .where(where.team_id == item.team, where.id == item.id, where.state == was.value)
            .values({key: value for key, value in row.items() if key not in {"team_id", "id", "run_id"}})
        )
        return changed.rowcount == 1

    def _select(self, team: str, condition: sa.ColumnElement[bool]) -> list[Item]:
        return self._find(sa.and_(s.items.c.team_id == team, condition))

    def _find(self, condition: sa.ColumnElement[bool]) -> list[Item]:
        item, run, task = s.items.c, s.runs.c, s.tasks.c
        rows = self.connection.execute(
            sa.select(s.items, task.definition)
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
            .where(condition)
            .order_by(item.start_at, item.id)
        )
        return [_item(row) for row in rows]


def _matters(start: datetime, end: datetime) -> sa.ColumnElement[bool]:
    """Open and begun before `end`, or settled in [start, end)."""
    where = s.items.c
    still = sa.and_(where.state == State.OPEN.value, where.start_at < end)
    settled = sa.and_(where.closed_at >= start, where.closed_at < end, where.state != State.DROPPED.value)
    return sa.or_(still, settled)


def _row(item: Item) -> dict[str, Any]:
    return {
        "team_id": item.team,
        "id": item.id,
        "run_id": item.run,
        "start_at": item.start,
        "deadline_at": item.deadline,
        "closing": item.closing.value,
        "holder_id": item.holder,
        "state": item.state.value,
        "closed_by": item.closed_by,
        "closed_at": item.closed_at,
        "closed_via": item.closed_via,
        "closed_on": item.closed_on,
        "reopened_at": item.reopened_at,
        "later_at": item.later_at,
        "snoozes": item.snoozes,
        "urgent_at": item.urgent_at,
        "heeded_at": item.heeded_at,
    }


def _item(row: Any) -> Item:
    return Item(
        team=row.team_id,
        id=row.id,
        run=row.run_id,
        task=task_from_text(row.definition),
        start=row.start_at,
        deadline=row.deadline_at,
        closing=Closing(row.closing),
        holder=row.holder_id,
        state=State(row.state),
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        closed_via=row.closed_via,
        closed_on=row.closed_on,
        reopened_at=row.reopened_at,
        later_at=row.later_at,
        snoozes=row.snoozes,
        urgent_at=row.urgent_at,
        heeded_at=row.heeded_at,
    )
