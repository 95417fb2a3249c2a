from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from bot.engine import rhythm
from bot.engine.schedule import CatchUp, Occurrence, Schedule
from storage import batch
from storage import schema as s
from storage.repository import Mapped, Repository, ignore_due
from storage.types import Instant, Local

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.engine.schedule import Moved

log = structlog.get_logger()

TURN = 0x7649_676A
"""« Vigj »: the advisory lock beside the migration's."""

_MOVED = {**batch.KEYS, "nominal": Local(), "fires": Instant()}


class Occurrences(Mapped[Occurrence]):
    """Rows ↔ occurrences, with the nudges of their schedules."""

    table = s.occurrences
    noun = Occurrence
    mapped = MappingProxyType({"nudge": s.schedules.c.nudge})
    order = ("due_at", "id")

    def _query(self) -> sa.Select[Any]:
        occurrence, schedule = s.occurrences.c, s.schedules.c
        same = sa.and_(schedule.team_id == occurrence.team_id, schedule.id == occurrence.schedule_id)
        return super()._query().join(s.schedules, same)

    def in_state(self, team: str, state: str) -> Sequence[Occurrence]:
        return self._select(self.table.c.team_id == team, self.table.c.state == state)

    def of_posting(self, team: str, posting: str) -> Sequence[Occurrence]:
        link = s.message_occurrences.c
        shown = sa.select(link.occurrence_id).where(link.team_id == team, link.message_id == posting)
        return self._select(self.table.c.team_id == team, self.table.c.id.in_(shown))

    def add_new(self, occurrences: Sequence[Occurrence]) -> Sequence[Occurrence]:
        """Insert occurrences; return those that did not exist yet, under whatever id."""
        if self.insert_new(self.table, [self._row(occurrence) for occurrence in occurrences]) == len(occurrences):
            return occurrences
        keys = self.key_table([(occurrence.team, occurrence.id) for occurrence in occurrences])
        where = self.table.c
        stored = sa.select(where.id).join(keys, sa.and_(where.team_id == keys.c.team, where.id == keys.c.id))
        fresh = set(self.connection.execute(stored).scalars())
        return [occurrence for occurrence in occurrences if occurrence.id in fresh]


class Schedules(Repository):
    """Rows ↔ schedules and occurrences (port: bot.engine.schedule.Schedules).

    `expect` is called with each instant at which something will be due.
    """

    def __init__(self, connection: Connection, expect: Callable[[datetime], None] = ignore_due) -> None:
        super().__init__(connection)
        self.expect = expect

    def put(self, schedule: Schedule) -> None:
        if schedule.next_fire_at is not None:
            self.expect(schedule.next_fire_at)
        where = s.schedules.c
        same = sa.and_(where.team_id == schedule.team, where.nudge == schedule.nudge)
        row = _row(schedule)
        updated = self.connection.execute(
            sa.update(s.schedules).where(same).values({key: row[key] for key in row if key != "id"})
        )
        if updated.rowcount == 0:
            self.connection.execute(sa.insert(s.schedules).values(row))

    def teams_without(self, nudge: str, *, with_template: bool, after: str, limit: int) -> Sequence[str]:
        team, schedule, template, version = s.teams.c, s.schedules.c, s.templates.c, s.template_versions.c
        of_team = schedule.team_id == team.id
        query = sa.select(team.id).where(
            team.ready,
            team.id > after,
            sa.exists().where(of_team, schedule.next_fire_at.is_not(None)),
            ~sa.exists().where(of_team, schedule.nudge == nudge),
        )
        if with_template:
            query = query.where(
                sa.exists().where(
                    template.team_id == team.id,
                    template.key == nudge,
                    template.state == "active",
                    version.team_id == template.team_id,
                    version.template_id == template.id,
                    version.version == template.version,
                    version.rhythm.is_not(None),
                )
            )
        return self.connection.execute(query.order_by(team.id).limit(limit)).scalars().all()

    def add_new(self, schedules: Sequence[Schedule]) -> Sequence[Schedule]:
        if not schedules:
            return []
        insert = (postgresql if self.on_postgresql else sqlite).insert(s.schedules).on_conflict_do_nothing()
        rows = [_row(schedule) for schedule in schedules]
        stored = set(self.connection.execute(insert.returning(s.schedules.c.id), rows).scalars())
        new = [schedule for schedule in schedules if schedule.id in stored]
        fires = [schedule.next_fire_at for schedule in new if schedule.next_fire_at is not None]
        if fires:
            self.expect(min(fires))
        return new

    def remove(self, team: str, nudge: str) -> bool:
        where = s.schedules.c
        deleted = self.connection.execute(sa.delete(s.schedules).where(where.team_id == team, where.nudge == nudge))
        return deleted.rowcount == 1

    def all(self, team: str) -> Sequence[Schedule]:
        where = s.schedules.c
        rows = self.connection.execute(sa.select(s.schedules).where(where.team_id == team).order_by(where.nudge))
        return _read_valid(rows)

    def history(self, team: str, state: Literal["planned", "missed"]) -> Sequence[Occurrence]:
        return Occurrences(self.connection).in_state(team, state)

    def due(self, now: datetime, limit: int) -> Sequence[Schedule]:
        return self._select_due(_due_by(now).limit(limit))

    def due_of(self, teams: Sequence[str], now: datetime) -> Sequence[Schedule]:
        return self._select_due(_due_by(now).where(self.among(s.schedules.c.team_id, teams)))

    def _select_due(self, query: sa.Select[Any]) -> Sequence[Schedule]:
        return [_read(row) for row in self.connection.execute(query.with_for_update(skip_locked=True))]

    def turn(self) -> bool:
        if not self.on_postgresql:
            return True  # one writer
        return bool(self.connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(TURN))).scalar())

    @contextmanager
    def choosing(self) -> Iterator[bool]:
        """Hold a lock of the connection, since one of the transaction would be kept to its end."""
        if not self.on_postgresql:
            yield True  # one writer
            return
        is_held = bool(self.connection.execute(sa.select(sa.func.pg_try_advisory_lock(TURN))).scalar())
        try:
            yield is_held
        except BaseException:  # the connection may take no more statements: closed, it lets go
            self.connection.invalidate()
            raise
        if is_held:
            self.connection.execute(sa.select(sa.func.pg_advisory_unlock(TURN)))

    def in_hand(self, due: Sequence[Schedule]) -> Collection[str]:
        if not self.on_postgresql:
            return ()  # one writer
        where, locked = s.schedules.c, Counter(schedule.team for schedule in due)
        until = max(schedule.next_fire_at for schedule in due if schedule.next_fire_at)
        rows = self.connection.execute(
            sa.select(where.team_id, sa.func.count())
            .where(self.among(where.team_id, list(locked)), where.next_fire_at <= until)
            .group_by(where.team_id)
        )
        return {team for team, count in rows if count > locked[team]}

    def due_keys(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        of = s.schedules.c
        rows = self.connection.execute(
            sa.select(of.team_id, of.id)
            .where(of.next_fire_at.is_not(None), of.next_fire_at <= now)
            .order_by(of.next_fire_at, of.team_id, of.id)
            .limit(limit)
        )
        return [(row.team_id, row.id) for row in rows]

    def due_one(self, team: str, schedule: str, now: datetime) -> Schedule | None:
        of = s.schedules.c
        row = self.connection.execute(
            sa.select(s.schedules)
            .where(of.team_id == team, of.id == schedule, of.next_fire_at <= now)
            .with_for_update(skip_locked=True)
        ).first()
        return _read(row) if row else None

    def park(self, team: str, schedule: str) -> bool:
        of = s.schedules.c
        parked = self.connection.execute(
            sa.update(s.schedules).where(of.team_id == team, of.id == schedule).values(next_fire_at=None)
        )
        return parked.rowcount == 1

    def move_on(self, moved: Sequence[Schedule | Moved], occurrences: Sequence[Occurrence]) -> Sequence[Occurrence]:
        if moved:
            self._move(
                [(schedule.team, schedule.id, schedule.nominal_next, schedule.next_fire_at) for schedule in moved]
            )
        return Occurrences(self.connection).add_new(occurrences)

    def _move(self, rows: Sequence[tuple[str, str, datetime | None, datetime | None]]) -> None:
        """Update schedules from (team, schedule, next nominal moment, next instant) rows."""
        moved, where = batch.table(self.connection, _MOVED, rows), s.schedules.c
        self.connection.execute(
            sa.update(s.schedules)
            .where(where.team_id == moved.c.team, where.id == moved.c.id)
            .values(nominal_next=moved.c.nominal, next_fire_at=moved.c.fires)
        )

    def zones(self) -> Sequence[tuple[str, str]]:
        where = s.schedules.c
        return [(row.zone, row.fingerprint) for row in self.connection.execute(
            sa.select(where.zone, where.fingerprint).distinct()
        )]  # fmt: skip

    def in_zones(self, zones: Sequence[str]) -> Sequence[Schedule]:
        if not zones:
            return []
        return _read_valid(self.connection.execute(sa.select(s.schedules).where(s.schedules.c.zone.in_(zones))))

    def rewrite(self, schedules: Sequence[Schedule]) -> None:
        if not schedules:
            return
        where = s.schedules.c
        self.connection.execute(
            sa.update(s.schedules)
            .where(where.team_id == sa.bindparam("of_team"), where.id == sa.bindparam("of_id"))
            .values(fingerprint=sa.bindparam("mark"), next_fire_at=sa.bindparam("fires")),
            [
                {"of_team": row.team, "of_id": row.id, "mark": row.fingerprint, "fires": row.next_fire_at}
                for row in schedules
            ],
        )

    def forget_spent(self, beginning: str) -> int:
        where = s.schedules.c
        spent = sa.and_(where.nudge.startswith(beginning, autoescape=True), where.next_fire_at.is_(None))
        return self.connection.execute(sa.delete(s.schedules).where(spent)).rowcount

    def next_fire_at(self) -> datetime | None:
        return self.connection.execute(sa.select(sa.func.min(s.schedules.c.next_fire_at))).scalar()


def _due_by(now: datetime) -> sa.Select[Any]:
    """Select what is due in the order of its index, whatever waits and whatever has been."""
    where = s.schedules.c
    return sa.select(s.schedules).where(where.next_fire_at <= now).order_by(where.next_fire_at, where.team_id)


def _read_valid(rows: Iterable[Any]) -> list[Schedule]:
    """Read the schedules that can be read, so that a broken one does not take the others along."""
    schedules = []
    for row in rows:
        try:
            schedules.append(_read(row))
        except ValueError:
            log.exception("schedule cannot be read", team=row.team_id, schedule=row.id)
    return schedules


def _row(schedule: Schedule) -> dict[str, Any]:
    return {
        "team_id": schedule.team,
        "id": schedule.id,
        "nudge": schedule.nudge,
        "rhythm": rhythm.to_text(schedule.rhythm),
        "zone": schedule.zone,
        "fingerprint": schedule.fingerprint,
        "catch_up": schedule.catch_up.value,
        "nominal_next": schedule.nominal_next,
        "next_fire_at": schedule.next_fire_at,
        "version": schedule.version,
    }


def _read(row: Any) -> Schedule:
    """Read a schedule. Raises ValueError when its rhythm or its policy cannot be read."""
    return Schedule(
        row.team_id, row.id, row.nudge, rhythm.from_text(row.rhythm), row.zone, row.fingerprint, row.nominal_next,
        row.next_fire_at, row.version, CatchUp(row.catch_up),
    )  # fmt: skip
