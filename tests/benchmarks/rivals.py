"""What the engine is measured beside: the same rows by hand-written SQL, and APScheduler's own store."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.engine import make_url

from bot.clock import VirtualClock
from storage.migrate import upgrade
from storage.store import open_store
from storage.types import milliseconds
from tests.benchmarks import world

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 500
NOW = milliseconds(world.NOW)
DAY = 86_400_000

_SELECT = "SELECT team_id, id FROM schedules WHERE next_fire_at <= {now} ORDER BY next_fire_at, id LIMIT {limit}"


def raw_sql(address: str, due: int, stored: int) -> float:
    """Seconds to write by hand what a tick writes, batch by batch, each batch confirmed."""
    store = open_store(address, VirtualClock(world.NOW))
    upgrade(store.engines.write)
    world.fill(store, due, stored)
    store.engines.dispose()
    url = make_url(address)
    begin, spent = (_sqlite, str(url.database)) if url.get_backend_name() == "sqlite" else (_postgresql, address)
    return begin(spent)


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


def _sqlite(path: str) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    start = time.perf_counter()
    while True:
        connection.execute("BEGIN IMMEDIATE")
        taken = connection.execute(_SELECT.format(now=NOW, limit=BATCH)).fetchall()
        if not taken:
            connection.execute("ROLLBACK")
            break
        rows = _rows(taken)
        connection.executemany(
            "UPDATE schedules SET nominal_next=?, next_fire_at=? WHERE team_id=? AND id=?", rows["schedules"]
        )
        for name, (table, columns) in _INSERTS.items():
            marks = ",".join("?" * len(columns.split(",")))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows[name])
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "UPDATE deliveries SET state='sent', lease_owner=NULL, lease_until=NULL "
            "WHERE team_id=? AND id=? AND lease_owner='raw' AND state='sending'",
            rows["sent"],
        )
        connection.executemany(
            "UPDATE messages SET posted_revision=?, ref_channel=?, ref_message=? WHERE team_id=? AND id=?",
            rows["posted"],
        )
        connection.execute("COMMIT")
    spent = time.perf_counter() - start
    connection.close()
    return spent


_TYPES = {int: "bigint", str: "text", type(None): "text"}


def _unnest(rows: Sequence[tuple[Any, ...]]) -> tuple[str, list[list[Any]]]:
    """`unnest(%s::text[], …)` over the columns of the rows."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    marks = ", ".join(f"%s::{_TYPES[type(column[0])]}[]" for column in columns)
    return f"unnest({marks})", columns


def _postgresql(address: str) -> float:
    with psycopg.connect(address.replace("postgresql+psycopg://", "postgresql://")) as connection:
        start = time.perf_counter()
        while taken := connection.execute(_SELECT.format(now=NOW, limit=BATCH) + " FOR UPDATE SKIP LOCKED").fetchall():
            _postgresql_batch(connection, _rows(taken))
        return time.perf_counter() - start


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
        do(f"INSERT INTO {table} ({columns}) SELECT * FROM {{source}}", rows[name])
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


def apscheduler(address: str, due: int) -> float:
    """Seconds until AsyncIOScheduler over SQLAlchemyJobStore has run so many date jobs, grace off."""
    return asyncio.run(_apscheduler(address, due))


async def _apscheduler(address: str, due: int) -> float:
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
    for _ in range(due):
        scheduler.add_job(_noop, "date", run_date=world.NOW.replace(year=2020))
    begin = time.perf_counter()
    scheduler.resume()
    while _ran < due:  # noqa: ASYNC110  # an event would have to be set by each of ten thousand jobs
        await asyncio.sleep(0.001)
    spent = time.perf_counter() - begin
    scheduler.shutdown(wait=False)
    return spent
