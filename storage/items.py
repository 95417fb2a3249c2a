from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.tasks.checklist import Item, State
from bot.tasks.task import Closing
from storage import schema as s
from storage.prepared import Prepared, constant, given
from storage.remembered import Memory
from storage.repository import Repository
from storage.templates import task_from_text
from storage.types import milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.tasks.checklist import Run
    from storage.bulk import Values
    from storage.later import Later
    from storage.prepared import Raw


def _with_task() -> sa.Select[Any]:
    """Items with what their task was when their run opened, by start."""
    item, run, task = s.items.c, s.runs.c, s.tasks.c
    return (
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
        .order_by(item.start_at, item.id)
    )


def _matters(start: Any, end: Any) -> sa.ColumnElement[bool]:
    """Open and begun before `end`, or settled in [start, end)."""
    where = s.items.c
    still = sa.and_(where.state == constant(State.OPEN.value), where.start_at < end)
    settled = sa.and_(where.closed_at >= start, where.closed_at < end, where.state != constant(State.DROPPED.value))
    return sa.or_(still, settled)


_MINE = sa.and_(s.items.c.team_id == given("of_team"), s.items.c.id == given("of_item"))
_GET = Prepared(_with_task().where(_MINE))
_BETWEEN = Prepared(
    sa.select(s.items.c.id, s.items.c.mark)
    .where(s.items.c.team_id == given("of_team"), _matters(given("since"), given("until")))
    .order_by(s.items.c.start_at, s.items.c.id)
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the units of work of one transaction know of items."""

    written: dict[tuple[str, str], Item] = field(default_factory=dict)
    """What they made of some: nobody else changes them before the transaction ends."""
    lists: dict[tuple[str, datetime, datetime], dict[str, Item]] = field(default_factory=dict)
    """What `between` gave, of a team from one moment to another, by id: kept where they trust (storage.later)."""

    def settle(self, item: Item) -> None:
        """An item is what it is now; a list that it enters, leaves or moves in is read again."""
        self.written[item.team, item.id] = item
        for key in [key for key in self.lists if key[0] == item.team]:
            there, _, *span = self.lists[key], *key
            before, matters = there.get(item.id), _counts(item, *span)
            if before is not None and matters and before.start == item.start:
                there[item.id] = item
            elif before is not None or matters:
                del self.lists[key]


@dataclass(frozen=True, slots=True)
class Items(Repository):
    """Rows ↔ runs and items (port: bot.tasks.checklist.Items).

    Most items of a day are what they were a moment ago: what was read is remembered with the mark that each change of
    an item gives it (storage.remembered), and a list of items is read as a list of marks.
    """

    later: Later
    memory: Memory = field(default_factory=Memory)
    known: Known = field(default_factory=Known)

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
        self.known.lists.clear()
        return True

    def get(self, team: str, item: str) -> Item | None:
        if (team, item) in self.known.written:
            return self.known.written[team, item]
        row = _GET.first(self.connection, of_team=team, of_item=item)
        if row is None:
            return None
        found = _item(row)
        self.memory.keep((row.id, row.mark), found)
        return found

    def many(self, team: str, items: Sequence[str]) -> Sequence[Item]:
        found = (self.get(team, item) for item in dict.fromkeys(items))
        return [item for item in found if item is not None]

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
            if _counts(item, start, end):
                found.setdefault(item.team, []).append(item)
        return found

    def between(self, team: str, start: datetime, end: datetime) -> Sequence[Item]:
        if (team, start, end) in self.known.lists:
            return list(self.known.lists[team, start, end].values())
        self.later.write()
        found = self._known(team, _BETWEEN.raw(self.connection, of_team=team, since=start, until=end))
        if self.later.trusting:
            self.known.lists[team, start, end] = {item.id: item for item in found}
        return found

    def last_opened(self, team: str) -> datetime | None:
        found: datetime | None = self.connection.execute(
            sa.select(sa.func.max(s.runs.c.opened_at)).where(s.runs.c.team_id == team)
        ).scalar()
        return found

    def settle(self, after: Item, before: Item) -> bool:
        key = (after.team, after.id)
        known, fence = self.known.written.get(key), _fenced(before)
        if known is not None and _fenced(known) != fence:
            return False
        mark = s.new_item_mark()
        if not self.later.settle(key, fence, (*_values(after), mark)):
            return False
        self.memory.keep((after.id, mark), after)
        self.known.settle(after)
        return True

    def _known(self, team: str, marked: Sequence[Raw]) -> list[Item]:
        """The items of some (id, mark) pairs, in their order."""
        found = [self.memory.get(pair) or self.get(team, pair[0]) for pair in marked]
        return [item for item in found if item is not None]

    def _find(self, condition: sa.ColumnElement[bool]) -> list[Item]:
        self.later.write()
        return [_item(row) for row in self.connection.execute(_with_task().where(condition))]


def _counts(item: Item, start: datetime, end: datetime) -> bool:
    """As :func:`_matters`."""
    if item.is_open:
        return item.start < end
    return item.closed_at is not None and start <= item.closed_at < end and item.state is not State.DROPPED


def _values(item: Item) -> Values:
    """An item as `WRITTEN` says, without its mark."""
    return (
        milliseconds(item.start),
        item.deadline and milliseconds(item.deadline),
        str(item.closing),
        item.holder,
        str(item.state),
        item.closed_by,
        item.closed_at and milliseconds(item.closed_at),
        item.closed_via,
        item.closed_on,
        item.reopened_at and milliseconds(item.reopened_at),
        item.later_at and milliseconds(item.later_at),
        item.snoozes,
        item.urgent_at and milliseconds(item.urgent_at),
        item.heeded_at and milliseconds(item.heeded_at),
    )


def _fenced(item: Item) -> Values:
    """An item as `FENCED` says."""
    return (
        str(item.state),
        item.holder,
        milliseconds(item.start),
        item.deadline and milliseconds(item.deadline),
        item.later_at and milliseconds(item.later_at),
        item.snoozes,
        item.urgent_at and milliseconds(item.urgent_at),
        item.heeded_at and milliseconds(item.heeded_at),
    )


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
