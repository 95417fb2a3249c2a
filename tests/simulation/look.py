"""State of a team at one moment, and what a step made of it: the rows that the invariants compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.tasks.checklist import State
from storage import schema as s

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.engine.schedule import Schedule
    from bot.message import Reply
    from bot.tasks.task import Template
    from bot.teams.team import Team
    from storage.store import UnitOfWork
    from tests.simulation.step import Step
    from tests.story import Event

Row = Any
"""A row of the database, its columns as attributes."""
KEPT = timedelta(days=45)
"""Age from which closed items and old messages are not read any more: a long story stays as fast as a short one."""


@dataclass(frozen=True, slots=True)
class Look:
    """Rows of a team at one moment. Items and messages are those of the last `KEPT` and whatever is open."""

    now: datetime
    team: Team
    members: Mapping[str, Row]
    templates: Mapping[str, Template]
    schedules: Mapping[str, Schedule]
    items: Mapping[str, Row]
    messages: Mapping[str, Row]
    recorded: int
    """Number of the last line of the record."""
    waiting: Sequence[Row]
    """Deliveries that are not over."""

    @property
    def open_items(self) -> list[Row]:
        return [item for item in self.items.values() if item.state is State.OPEN]


def look(tx: UnitOfWork, team: str) -> Look:
    """Read the state of a team."""
    stored, since = tx.teams.get(team), tx.now - KEPT
    assert stored is not None
    items = _select(tx, s.items, team, sa.or_(s.items.c.state == State.OPEN, s.items.c.start_at > since))
    runs = s.runs.c.id, s.runs.c.template_id, s.runs.c.nominal
    query = sa.select(*runs).where(s.runs.c.team_id == team, s.runs.c.id.in_({item.run_id for item in items}))
    opened = {row.id: row for row in tx.connection.execute(query)}
    last = tx.connection.execute(sa.select(sa.func.max(s.audit.c.number)).where(s.audit.c.team_id == team)).scalar()
    return Look(
        tx.now,
        stored,
        {row.id: row for row in _select(tx, s.members, team)},
        {template.id: template for template in tx.templates.all(team)},
        {schedule.id: schedule for schedule in tx.schedules.all(team)},
        {item.id: _Item(item, opened[item.run_id]) for item in items},
        {row.id: row for row in _select(tx, s.messages, team, s.messages.c.created_at > since)},
        last or 0,
        _select(tx, s.deliveries, team, s.deliveries.c.state.not_in(["sent", "void"])),
    )


def _select(tx: UnitOfWork, table: sa.Table, team: str, *conditions: sa.ColumnElement[bool]) -> Sequence[Row]:
    return tx.connection.execute(sa.select(table).where(table.c.team_id == team, *conditions)).all()


class _Item:
    """A row of `items` with the template and the nominal moment of its run."""

    __slots__ = ("_row", "nominal", "template")

    def __init__(self, row: Row, run: Row) -> None:
        self._row, self.template, self.nominal = row, run.template_id, run.nominal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Item) and self._row == other._row

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Added:
    """Rows that a step added: lines of the record, occurrences and runs of its span, links of its messages."""

    entries: Sequence[Row]
    occurrences: Sequence[Row]
    runs: Sequence[Row]
    links: Sequence[Row]
    """Rows (message, occurrence)."""


def added(tx: UnitOfWork, before: Look) -> Added:
    """Read the rows added since a look, and the runs and occurrences of the days since then."""
    team = before.team.id
    day = before.team.local(before.now) - timedelta(days=1)
    occurrences = _select(tx, s.occurrences, team, s.occurrences.c.nominal > day)
    links = s.message_occurrences
    return Added(
        _select(tx, s.audit, team, s.audit.c.number > before.recorded),
        occurrences,
        _select(tx, s.runs, team, s.runs.c.nominal > day),
        _select(tx, links, team, links.c.occurrence_id.in_({row.id for row in occurrences})),
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """A step with the states around it: `before`, after the person's act (`acted`), and once all is sent (`after`)."""

    step: Step
    before: Look
    acted: Look
    after: Look
    acted_entries: Sequence[Row]
    """Lines of the record that the act itself wrote."""
    added: Added
    events: Sequence[Event]
    """Postings and edits on the way; `acted_events` of them belong to the act."""
    acted_events: int
    reply: Reply | None
    changes_of_second_tick: Sequence[str]
    """Differences that a second tick at the same moment made."""
    faults: Sequence[str]
    """Errors that were logged."""
    visible: Mapping[int, tuple[str, str]]
    """Posting id and place by the number of the message, for the events of the step."""

    @property
    def moves_clock(self) -> bool:
        return self.step.kind in ("forward", "stop")
