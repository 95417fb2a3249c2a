"""What the engine is measured beside: the same rows by hand-written SQL, and APScheduler's own store.

The raw SQL reads what is due in the order of the index, writes the rows that a tick of the product writes (each
table's at once, with the constraints that the tables have), and confirms them behind the same fence. It plans nothing:
it knows the next moment, makes its keys from the schedules', and keeps no values. Batches are as large as the
product's. SQLite gets them as VALUES, which is faster than row by row; PostgreSQL gets its columns as array
literals, because psycopg's own lists cost it a third more.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.engine import make_url

from bot.engine.planner import BATCH
from storage.types import milliseconds
from tests.benchmarks.world import NOW as MOMENT
from tests.benchmarks.world import Marks

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = milliseconds(MOMENT)
DAY = 86_400_000

_SELECT = f"SELECT team_id, id FROM schedules WHERE next_fire_at <= {NOW} ORDER BY next_fire_at, team_id LIMIT {BATCH}"


def raw_sql(barrier: Any, address: str) -> Marks:
    """Write by hand what ticks write, batch by batch, each batch confirmed."""
    url = make_url(address)
    return (_sqlite if url.get_backend_name() == "sqlite" else _postgresql)(barrier, address)


def _rows(taken: Sequence[tuple[str, str]]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that one batch writes; ids are made here, as they are by the product."""
    own = [(team, schedule, "O" + schedule[1:], "P" + schedule[1:], "D" + schedule[1:]) for team, schedule in taken]
    return {
        "schedules": [("2026-11-24T09:00", NOW + DAY, team, schedule) for team, schedule, *_ in own],
        "occurrences": [(team, o, sched, "2026-11-23T09:00", NOW, "planned") for team, sched, o, _, _ in own],
        "messages": [(team, p, "C" + team[1:], None, "task", "2026-11-23", NOW, 1, 0) for team, _, _, p, _ in own],
        "links": [(team, p, o) for team, _, o, p, _ in own],
        "deliveries": [(team, d, p, "post", "sending", NOW, "raw", NOW + 120_000, 1, NOW) for team, _, _, p, d in own],
        "sent": [(team, d) for team, *_, d in own],
        "posted": [(1, "c", p, team, p) for team, _, _, p, _ in own],
    }


_INSERTS = {
    "occurrences": ("occurrences", "team_id, id, schedule_id, nominal, due_at, state"),
    "messages": (
        "messages",
        "team_id, id, channel_id, member_id, kind, subject, created_at, revision, posted_revision",
    ),
    "links": ("message_occurrences", "team_id, message_id, occurrence_id"),
    "deliveries": (
        "deliveries",
        "team_id, id, message_id, operation, state, send_after, lease_owner, lease_until, attempt, first_attempt_at",
    ),
}


def _sqlite(barrier: Any, address: str) -> Marks:
    connection = sqlite3.connect(str(make_url(address).database), isolation_level=None)
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    barrier.wait()
    marks = Marks(begin=time.perf_counter())
    while _sqlite_batch(connection):
        pass
    marks.end = time.perf_counter()
    connection.close()
    return marks


def _sqlite_batch(connection: sqlite3.Connection) -> int:
    connection.execute("BEGIN IMMEDIATE")
    taken = connection.execute(_SELECT).fetchall()
    if not taken:
        connection.execute("ROLLBACK")
        return 0
    rows = _rows(taken)

    def do(before: str, some: Sequence[tuple[Any, ...]], after: str = "") -> None:
        marks = f"({','.join('?' * len(some[0]))})"
        values = ",".join([marks] * len(some))
        connection.execute(f"{before} (VALUES {values}){after}" if after else f"{before} VALUES {values}", _flat(some))

    do(
        "WITH v(a, b, team, id) AS",
        rows["schedules"],
        " UPDATE schedules AS t SET nominal_next=v.a, next_fire_at=v.b FROM v WHERE t.team_id=v.team AND t.id=v.id",
    )
    for name, (table, columns) in _INSERTS.items():
        do(f"INSERT {'OR IGNORE ' if table == 'occurrences' else ''}INTO {table} ({columns})", rows[name])
    connection.execute("COMMIT")
    connection.execute("BEGIN IMMEDIATE")
    do(
        "WITH v(team, id) AS",
        rows["sent"],
        " UPDATE deliveries AS t SET state='sent', lease_owner=NULL, lease_until=NULL FROM v"
        " WHERE t.team_id=v.team AND t.id=v.id AND t.lease_owner='raw' AND t.state='sending'",
    )
    do(
        "WITH v(a, b, c, team, id) AS",
        rows["posted"],
        " UPDATE messages AS t SET posted_revision=v.a, ref_channel=v.b, ref_message=v.c FROM v"
        " WHERE t.team_id=v.team AND t.id=v.id",
    )
    connection.execute("COMMIT")
    return len(taken)


def _flat(rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(chain.from_iterable(rows))


def _unnest(rows: Sequence[tuple[Any, ...]]) -> tuple[str, list[str]]:
    """`unnest(%s::text[], …)` over the columns of the rows, and the array literals (there is nothing to quote)."""
    columns = list(zip(*rows, strict=True))
    kinds = ("bigint" if isinstance(column[0], int) else "text" for column in columns)
    values = ["{" + ",".join(["NULL" if one is None else str(one) for one in column]) + "}" for column in columns]
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})", values


def _postgresql(barrier: Any, address: str) -> Marks:
    with psycopg.connect(address) as connection:
        connection.execute("SELECT 1")
        connection.commit()
        barrier.wait()
        marks = Marks(begin=time.perf_counter())
        while taken := connection.execute(f"{_SELECT} FOR UPDATE SKIP LOCKED").fetchall():
            _postgresql_batch(connection, _rows(taken))
        marks.end = time.perf_counter()
        return marks


def _postgresql_batch(connection: psycopg.Connection[Any], rows: dict[str, list[tuple[Any, ...]]]) -> None:
    def do(statement: str, some: Sequence[tuple[Any, ...]]) -> None:
        source, columns = _unnest(some)
        connection.execute(statement.format(source=source), columns)

    do(
        "UPDATE schedules AS t SET nominal_next=v.a, next_fire_at=v.b FROM {source} AS v(a, b, team, id) "
        "WHERE t.team_id=v.team AND t.id=v.id",
        rows["schedules"],
    )
    for name, (table, columns) in _INSERTS.items():
        new = " ON CONFLICT DO NOTHING" if table == "occurrences" else ""
        do(f"INSERT INTO {table} ({columns}) SELECT * FROM {{source}}{new}", rows[name])
    connection.commit()
    do(
        "UPDATE deliveries AS t SET state='sent', lease_owner=NULL, lease_until=NULL FROM {source} AS v(team, id) "
        "WHERE t.team_id=v.team AND t.id=v.id AND t.lease_owner='raw' AND t.state='sending'",
        rows["sent"],
    )
    do(
        "UPDATE messages AS t SET posted_revision=v.a, ref_channel=v.b, ref_message=v.c "
        "FROM {source} AS v(a, b, c, team, id) WHERE t.team_id=v.team AND t.id=v.id",
        rows["posted"],
    )
    connection.commit()


_ran = 0


async def _noop() -> None:
    global _ran  # noqa: PLW0603  # APScheduler stores a function by its name
    _ran += 1


def apscheduler(_barrier: Any, address: str, due: int) -> Marks:
    """AsyncIOScheduler over SQLAlchemyJobStore until so many daily jobs have run once, grace off.

    Like the product's schedules, each is moved on to tomorrow. Its SQLite file keeps a write-ahead log as the product's
    does, or it would wait for the disk three times as often.
    """
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        with sqlite3.connect(str(url.database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
    return asyncio.run(_apscheduler(address, due))


async def _apscheduler(address: str, due: int) -> Marks:
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    global _ran  # noqa: PLW0603
    _ran = 0
    scheduler = AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=address)},
        job_defaults={"misfire_grace_time": None, "max_instances": due},
        timezone="UTC",
    )
    scheduler.start(paused=True)
    due_at = datetime.now(UTC) - timedelta(minutes=1)  # its clock is the machine's
    hour = (due_at - timedelta(hours=2)).hour  # in UTC: none of them falls due again while it is measured
    for _ in range(due):
        scheduler.add_job(_noop, "cron", hour=hour, next_run_time=due_at)
    marks = Marks(begin=time.perf_counter())
    scheduler.resume()
    while _ran < due:  # noqa: ASYNC110  # an event would have to be set by each of ten thousand jobs
        await asyncio.sleep(0.001)
    marks.end = time.perf_counter()
    scheduler.shutdown(wait=False)
    return marks
