from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
import structlog

from bot.engine import rhythm
from bot.engine.schedule import CatchUp, Occurrence, Schedule
from storage import schema as s
from storage.bulk import insert, listed, tuples, update
from storage.repository import Repository, untold
from storage.types import instant, local, local_text, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.engine.schedule import Moved
    from storage.bulk import Values

log = structlog.get_logger()

TURN = 0x7649_676A
"""« Vigj »: the advisory lock beside the migration's."""

_COLUMNS = "team_id, id, nudge, rhythm, zone, fingerprint, nominal_next, next_fire_at, version, catch_up"
_DUE = f"SELECT {_COLUMNS} FROM schedules WHERE next_fire_at <= ? ORDER BY next_fire_at, team_id LIMIT ?"  # noqa: S608  # ours
_DUE_OF = (
    f"SELECT {_COLUMNS} FROM schedules WHERE team_id {{teams}} AND next_fire_at <= ?"  # noqa: S608  # ours
    " ORDER BY next_fire_at, team_id"
)
_COUNT = "SELECT team_id, count(*) FROM schedules WHERE team_id {teams} AND next_fire_at <= ? GROUP BY team_id"
_MOVE = update(
    "schedules",
    {"nominal": "text", "fires": "bigint", "team": "text", "id": "text"},
    "nominal_next = v.nominal, next_fire_at = v.fires",
    "t.team_id = v.team AND t.id = v.id",
)
_OCCUR = insert(s.occurrences, ("team_id", "id", "schedule_id", "nominal", "due_at", "state"), {}, new=True)


@dataclass(frozen=True, slots=True)
class Schedules(Repository):
    """Rows ↔ schedules and occurrences (port: bot.engine.schedule.Schedules). `expect` is told what will be due."""

    expect: Callable[[datetime], None] = untold

    def put(self, schedule: Schedule) -> None:
        if schedule.next_fire_at is not None:
            self.expect(schedule.next_fire_at)
        where = s.schedules.c
        mine = sa.and_(where.team_id == schedule.team, where.nudge == schedule.nudge)
        row = _row(schedule)
        changed = self.connection.execute(
            sa.update(s.schedules).where(mine).values({key: row[key] for key in row if key != "id"})
        )
        if changed.rowcount == 0:
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
        insert = self.insert_new(s.schedules).returning(s.schedules.c.id)
        stored = set(self.connection.execute(insert, [_row(schedule) for schedule in schedules]).scalars())
        new = [schedule for schedule in schedules if schedule.id in stored]
        fires = [schedule.next_fire_at for schedule in new if schedule.next_fire_at is not None]
        if fires:
            self.expect(min(fires))
        return new

    def remove(self, team: str, nudge: str) -> bool:
        where = s.schedules.c
        gone = self.connection.execute(sa.delete(s.schedules).where(where.team_id == team, where.nudge == nudge))
        return gone.rowcount == 1

    def all(self, team: str) -> Sequence[Schedule]:
        where = s.schedules.c
        rows = self.connection.execute(sa.select(s.schedules).where(where.team_id == team).order_by(where.nudge))
        return _readable(rows)

    def history(self, team: str, state: Literal["planned", "missed"]) -> Sequence[Occurrence]:
        one, by = s.occurrences.c, s.schedules.c
        rows = self.connection.execute(
            sa.select(s.occurrences, by.nudge)
            .join(s.schedules, sa.and_(by.team_id == one.team_id, by.id == one.schedule_id))
            .where(one.team_id == team, one.state == state)
            .order_by(one.due_at, one.id)
        )
        return [occurrence_of(row) for row in rows]

    def due(self, now: datetime, limit: int) -> Sequence[Schedule]:
        return self._locked(_DUE, (milliseconds(now), limit))

    def due_of(self, teams: Sequence[str], now: datetime) -> Sequence[Schedule]:
        condition, ids = listed(self.connection, teams)
        return self._locked(_DUE_OF.format(teams=condition), (ids, milliseconds(now)))

    def _locked(self, statement: str, values: Values) -> Sequence[Schedule]:
        lock = " FOR UPDATE SKIP LOCKED" if self.connection.dialect.name == "postgresql" else ""
        return [_read(row) for row in tuples(self.connection, statement + lock, values)]

    def turn(self) -> bool:
        if self.connection.dialect.name != "postgresql":
            return True  # one writer
        return bool(self.connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(TURN))).scalar())

    @contextmanager
    def choosing(self) -> Iterator[bool]:
        """A lock of the connection's: one of the transaction's is kept to its end."""
        if self.connection.dialect.name != "postgresql":
            yield True  # one writer
            return
        mine = bool(self.connection.execute(sa.select(sa.func.pg_try_advisory_lock(TURN))).scalar())
        try:
            yield mine
        except BaseException:  # the connection may take no more statements: closed, it lets go
            self.connection.invalidate()
            raise
        if mine:
            self.connection.execute(sa.select(sa.func.pg_advisory_unlock(TURN)))

    def in_hand(self, due: Sequence[Schedule]) -> Collection[str]:
        if self.connection.dialect.name != "postgresql":
            return ()  # one writer
        ours = Counter(one.team for one in due)
        condition, teams = listed(self.connection, list(ours))
        until = max(milliseconds(one.next_fire_at) for one in due if one.next_fire_at)
        rows = tuples(self.connection, _COUNT.format(teams=condition), (teams, until))
        return {team for team, count in rows if count > ours[team]}

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
        return _schedule(row) if row else None

    def park(self, team: str, schedule: str) -> bool:
        of = s.schedules.c
        parked = self.connection.execute(
            sa.update(s.schedules).where(of.team_id == team, of.id == schedule).values(next_fire_at=None)
        )
        return parked.rowcount == 1

    def move_on(self, moved: Sequence[Schedule | Moved], occurrences: Sequence[Occurrence]) -> Sequence[Occurrence]:
        _MOVE.run(
            self.connection, [(_text(one.nominal_next), _ms(one.next_fire_at), one.team, one.id) for one in moved]
        )
        if not occurrences:
            return []
        rows = [
            (one.team, one.id, one.schedule, local_text(one.nominal), milliseconds(one.due_at), one.state)
            for one in occurrences
        ]
        if _OCCUR.run(self.connection, rows) == len(rows):
            return occurrences
        where = s.occurrences.c  # some of them exist already, under ids of their own
        keys = [(one.team, one.id) for one in occurrences]
        stored = sa.select(where.id).where(sa.tuple_(where.team_id, where.id).in_(keys))
        fresh = set(self.connection.execute(stored).scalars())
        return [one for one in occurrences if one.id in fresh]

    def zones(self) -> Sequence[tuple[str, str]]:
        where = s.schedules.c
        return [(row.zone, row.fingerprint) for row in self.connection.execute(
            sa.select(where.zone, where.fingerprint).distinct()
        )]  # fmt: skip

    def in_zones(self, zones: Sequence[str]) -> Sequence[Schedule]:
        if not zones:
            return []
        return _readable(self.connection.execute(sa.select(s.schedules).where(s.schedules.c.zone.in_(zones))))

    def rewrite(self, schedules: Sequence[Schedule]) -> None:
        if not schedules:
            return
        where = s.schedules.c
        self.connection.execute(
            sa.update(s.schedules)
            .where(where.team_id == sa.bindparam("of_team"), where.id == sa.bindparam("of_id"))
            .values(fingerprint=sa.bindparam("mark"), next_fire_at=sa.bindparam("fires")),
            [
                {"of_team": one.team, "of_id": one.id, "mark": one.fingerprint, "fires": one.next_fire_at}
                for one in schedules
            ],
        )

    def forget_spent(self, beginning: str) -> int:
        where = s.schedules.c
        spent = sa.and_(where.nudge.startswith(beginning, autoescape=True), where.next_fire_at.is_(None))
        return self.connection.execute(sa.delete(s.schedules).where(spent)).rowcount

    def next_fire_at(self) -> datetime | None:
        found: datetime | None = self.connection.execute(sa.select(sa.func.min(s.schedules.c.next_fire_at))).scalar()
        return found


def _text(nominal: datetime | None) -> str | None:
    return None if nominal is None else local_text(nominal)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def occurrence_of(row: Any) -> Occurrence:
    """An occurrence from its row, with its schedule's `nudge` beside it."""
    return Occurrence(row.team_id, row.id, row.schedule_id, row.nudge, row.nominal, row.due_at, row.state)


def _readable(rows: Iterable[Any]) -> list[Schedule]:
    """Those that can be read: one that cannot must not take the others with it."""
    found = []
    for row in rows:
        try:
            found.append(_schedule(row))
        except ValueError:
            log.exception("schedule cannot be read", team=row.team_id, schedule=row.id)
    return found


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


def _schedule(row: Any) -> Schedule:
    return Schedule(
        team=row.team_id,
        id=row.id,
        nudge=row.nudge,
        rhythm=rhythm.from_text(row.rhythm),
        zone=row.zone,
        fingerprint=row.fingerprint,
        catch_up=CatchUp(row.catch_up),
        nominal_next=row.nominal_next,
        next_fire_at=row.next_fire_at,
        version=row.version,
    )


def _read(row: Values) -> Schedule:
    """A schedule that will be due from its row as the driver gives it, in the order of `_COLUMNS`."""
    team, id_, nudge, text, zone, mark, nominal, fires, version, catch_up = row
    there = local(nominal) if nominal else None
    return Schedule(
        team, id_, nudge, rhythm.from_text(text), zone, mark, there, instant(fires), version, _policy(catch_up)
    )


_policy = lru_cache(maxsize=8)(CatchUp)
"""Cheaper than the enumeration's own way to its members."""
