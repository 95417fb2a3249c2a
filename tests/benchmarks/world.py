"""A database with so many schedules, of which so many are due, and the product over it as `vigie run` composes it.

Whatever is measured runs in a process of its own (forked, so that it has everything imported), and so does whatever
fills a database: memory is then that of the run alone.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import resource
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from bot.cli._compose import compose
from bot.cli._gc import tune_collector
from bot.clock import VirtualClock
from bot.engine.engine import PAUSE, Engine
from bot.engine.metrics import NoMetrics
from bot.engine.planner import Lease, plan_due
from bot.engine.posting import Confirmation, Destination, Ref
from bot.engine.sender import Sender
from bot.message import Message, Text
from bot.registry import Nudge, Parcel, Registry
from bot.teams.calendar import WorkCalendar
from storage import schema as s
from storage.batch import insert
from storage.engines import open_engines
from storage.migrate import upgrade
from storage.types import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.cli._compose import App
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.ports import Address

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 9:00 in Paris
LATER = NOW + timedelta(days=30)
CHUNK = 20_000
FORK = multiprocessing.get_context("fork")


class NoopPlatform:
    """Takes every message at once."""

    name = "console"

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        return Ref(to.channel or to.member or "", key)

    async def edit(self, ref: Ref, message: Message) -> None: ...

    async def delete(self, ref: Ref) -> None: ...

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        return None

    def budget(self, seconds: float) -> int:
        return 100_000


@dataclass(slots=True)
class Marks:
    """What one process measured of one run. Instants are of the machine's monotonic clock, in seconds."""

    begin: float = 0.0
    end: float = 0.0
    statements: int = 0
    gap_ms: float = 0.0
    idle_ms: float = 0.0
    peak_mb: float = 0.0


def side_by_side(work: Callable[..., Marks], processes: int, *given: object) -> list[Marks]:
    """Run `work(barrier, *given)` in so many processes at once. A fault in one of them is raised here."""
    barrier = FORK.Barrier(processes)
    pipes = [FORK.Pipe(duplex=False) for _ in range(processes)]
    running = [FORK.Process(target=_reported, args=(pipe, work, barrier, given)) for _, pipe in pipes]
    for one in running:
        one.start()
    found = [there.recv() for there, _ in pipes]
    for one in running:
        one.join()
    for one in found:
        if not isinstance(one, Marks):
            raise RuntimeError(one)  # noqa: TRY004  # it is the fault itself, in words
    return found


def _reported(pipe: Any, work: Callable[..., Marks], barrier: Any, given: tuple[object, ...]) -> None:
    try:
        marks = work(barrier, *given)
        marks.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pipe.send(marks)
    except BaseException as error:  # whatever it is, the parent must hear of it
        barrier.abort()
        pipe.send(repr(error))
        raise


def spent(marks: Sequence[Marks]) -> float:
    """Seconds from the first process's beginning to the last one's end."""
    return max(one.end for one in marks) - min(one.begin for one in marks)


def identifier(prefix: str, number: int) -> str:
    """22 characters that sort like the numbers."""
    return f"{prefix}{number:0{22 - len(prefix)}d}"


def fill(_barrier: object, address: str, due: int, stored: int) -> Marks:
    """One team per due schedule with a channel, a member and a role; the other schedules belong to the first team."""
    engine = open_engines(address).write
    upgrade(engine)
    with engine.begin() as connection:
        for table, fixed, rows in _rows(due, stored):
            for begin in range(0, len(rows), CHUNK):
                insert(connection, table, [{**row, **fixed} for row in rows[begin : begin + CHUNK]])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()  # the last to close a SQLite file leaves no log beside it
    return Marks()


def _rows(due: int, stored: int) -> Iterator[tuple[sa.Table, dict[str, Any], list[dict[str, Any]]]]:
    teams = [identifier("T", n) for n in range(due)]
    settings = {
        "language": "fr", "zone": "Europe/Paris", "country": "FR", "working_days": (1, 2, 3, 4, 5),
        "opens": clock_time(9), "closes": clock_time(18), "whit_monday": True, "formal": False, "ready": True,
    }  # fmt: skip
    yield (
        s.teams,
        settings,
        [{"id": team, "name": team, "home": identifier("C", n)} for n, team in enumerate(teams)],
    )
    yield s.installations, {"platform": "console"}, [{"team_id": one, "external_id": one} for one in teams]
    yield (
        s.channels,
        {"name": "x"},
        [{"team_id": one, "id": identifier("C", n), "external_id": one} for n, one in enumerate(teams)],
    )
    yield (
        s.members,
        {"permission": "lead", "active": True},
        [{"team_id": one, "id": identifier("M", n), "name": "Léa"} for n, one in enumerate(teams)],
    )
    yield (
        s.identities,
        {"platform": "console"},
        [{"team_id": one, "member_id": identifier("M", n), "external_id": one} for n, one in enumerate(teams)],
    )
    yield (
        s.holdings,
        {"role": "veille", "kind": "holder"},
        [{"team_id": one, "id": identifier("H", n), "member_id": identifier("M", n)} for n, one in enumerate(teams)],
    )
    schedules = {
        "rhythm": "daily@09:00!skip", "zone": "Europe/Paris", "fingerprint": "", "catch_up": "latest",
        "nominal_next": datetime(2026, 11, 23, 9), "version": 1,  # noqa: DTZ001  # a local moment has no offset
    }  # fmt: skip
    yield (
        s.schedules,
        schedules,
        [
            {
                "team_id": teams[n] if n < due else teams[0],
                "id": identifier("S", n),
                "nudge": f"bench{n}",
                "next_fire_at": NOW if n < due else LATER,
            }
            for n in range(stored)
        ],
    )


def registry(kind: str) -> Registry:
    """One nudge: a channel's line (`tick`), or one that looks up who holds a role and draws a card (`whole`)."""

    def plan(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
        if kind == "whole":
            holder = view.roster.holder("veille")
            assert holder is not None
            yield Parcel(Destination(member=holder.id), "2026-11-23")
        else:
            yield Parcel(Destination(channel="C" + occurrence.team[1:]), "2026-11-23")

    def render(view: View, card: object) -> Message:
        texts = view.roster.texts
        head = texts.line("day.mine", name=view.roster.members[0].name, count=1)
        return Message((Text(head, "title"), Text(texts.line("day.nothing_left"))), texts.text("day.nothing_left"))

    return Registry(nudges={"task": Nudge("task", 10, plan, render)})


def vigie(barrier: Any, kind: str, address: str) -> Marks:
    """Plan and send until everything due is confirmed, in this process."""
    return asyncio.run(_vigie(barrier, kind, address))


async def _vigie(barrier: Any, kind: str, address: str) -> Marks:
    marks = Marks()
    event.listen(sa.Engine, "do_connect", lambda _d, _r, _a, options: _count_calls(options, marks))
    app = compose(address, VirtualClock(NOW), [NoopPlatform()])
    owner = f"bench-{multiprocessing.current_process().pid}"
    sender = Sender(app.store, registry(kind), {"console": NoopPlatform()}, owner, NoMetrics())
    engine = Engine(app.store, registry(kind), app.pipeline.clock, sender, NoMetrics())
    await app.store.write(lambda tx: tx.facts.get("alive"))  # connected, as a process that runs is
    await app.store.read(lambda tx: tx.facts.get("alive"))
    tune_collector()
    WorkCalendar().is_working(NOW.date())  # a process computes a country's year once, not at every tick
    marks.idle_ms = await _idle()
    barrier.wait()
    watching = asyncio.create_task(_watch(marks))
    marks.statements, marks.begin = 0, time.perf_counter()
    while True:
        await (engine.settle() if kind == "whole" else _ticks(app, owner))
        if not await app.store.read(lambda tx: tx.schedules.due_keys(NOW, 1)):
            break
        await asyncio.sleep(PAUSE.total_seconds())  # another process has it in hand: as `Engine.run` does
    marks.end = time.perf_counter()
    watching.cancel()
    await app.store.close()
    return marks


async def _ticks(app: App, owner: str) -> None:
    """Plan, and confirm what was planned without drawing or calling anything."""
    lease, made = Lease(owner, 120, 100_000), registry("tick")
    while True:
        planned = await app.store.write(lambda tx: plan_due(tx, made, lease), batch=True)
        if not planned.due:
            return
        done = [Confirmation(one, Ref("c", one.posting), 1) for one in planned.leased]
        await app.store.write(lambda tx, done=done: tx.outbox.confirm_many(owner, done))  # type: ignore[misc]


def _count_calls(options: dict[str, Any], marks: Marks) -> None:
    """Let the driver's own cursor count what it is sent; many rows handed over in one call are one statement."""

    class SqliteCursor(sqlite3.Cursor):
        def execute(self, *given: Any) -> Any:
            marks.statements += 1
            return super().execute(*given)

        def executemany(self, *given: Any) -> Any:
            marks.statements += 1
            return super().executemany(*given)

    class SqliteConnection(sqlite3.Connection):
        def cursor(self, factory: Any = SqliteCursor) -> Any:
            return super().cursor(factory)

        def execute(self, *given: Any) -> Any:
            return self.cursor().execute(*given)

    class PostgresCursor(psycopg.Cursor[Any]):
        def execute(self, *given: Any, **options: Any) -> Any:
            marks.statements += 1
            return super().execute(*given, **options)

        def executemany(self, *given: Any, **options: Any) -> Any:
            marks.statements += 1
            return super().executemany(*given, **options)

    if "check_same_thread" in options:
        options["factory"] = SqliteConnection
    else:
        options["cursor_factory"] = PostgresCursor


async def _idle() -> float:
    """The 99th percentile of the gaps of a loop that does nothing, in milliseconds."""
    gaps, last = [], time.perf_counter()
    for _ in range(200):
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        gaps.append((now - last - 0.001) * 1000)
        last = now
    return sorted(gaps)[int(len(gaps) * 0.99)]


async def _watch(marks: Marks) -> None:
    last = time.perf_counter()
    while True:
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        marks.gap_ms = max(marks.gap_ms, (now - last - 0.001) * 1000)
        last = now


COUNTS = (
    "SELECT (SELECT count(*) FROM schedules WHERE next_fire_at > {now}),"
    " (SELECT count(*) FROM occurrences WHERE state = 'planned'),"
    " (SELECT count(*) FROM messages WHERE posted_revision = 1 AND ref_message IS NOT NULL),"
    " (SELECT count(*) FROM message_occurrences),"
    " (SELECT count(*) FROM deliveries WHERE state = 'sent' AND lease_owner IS NULL)"
)


def count(_barrier: object, address: str, due: int, stored: int) -> Marks:
    """Whether a run left exactly the rows that it had to. Raises AssertionError."""
    engine = open_engines(address).read
    with engine.connect() as connection:
        found = tuple(connection.execute(sa.text(COUNTS.format(now=milliseconds(NOW)))).one())
    engine.dispose()
    gc.collect()
    assert found == (stored, due, due, due, due), found
    return Marks()
