"""Drain as many jobs that do nothing through task queues, those that are installed.

    uv run --with pgqueuer --with procrastinate --with celery python -m tests.benchmarks.engine --json

pgqueuer and procrastinate run over the same PostgreSQL. Celery has its broker in memory and stores nothing, which is
faster than any broker that survives a stop.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import psycopg

from tests.benchmarks.world import Marks, side_by_side, spent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fakes.postgres import Postgres

_ran = 0


def lines(server: Postgres, due: int, made: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give one line for each queue: its time beside the tick's of this run, or why there is none."""
    tick = next(line for line in made if (line["kind"], line["due"], line["processes"]) == ("tick", due, 1))
    for name, work in (("pgqueuer", _pgqueuer), ("procrastinate", _procrastinate), ("celery", _celery)):
        line = {"db": "postgresql", "processes": 1, "kind": "queue", "due": due, "queue": name}
        if find_spec(name) is None:
            yield {**line, "skipped": f"not installed: uv run --with {name} python -m tests.benchmarks.engine --json"}
            continue
        with server.database() as address:
            took = spent(side_by_side(_drain, 1, work, address, due))
        ratio = took / tick["vigie_s"]
        yield {
            **line, "queue_s": round(took, 3), "vigie_s": tick["vigie_s"], "ratio": round(ratio, 1), "target": "> 1",
            "ok": ratio > 1,
        }  # fmt: skip


def _drain(_barrier: object, work: Any, address: str, due: int) -> Marks:
    global _ran  # noqa: PLW0603
    _ran = 0
    marks: Marks = asyncio.run(work(address, due))
    assert _ran == due, (_ran, due)
    return marks


async def _pgqueuer(address: str, due: int) -> Marks:
    from pgqueuer import PgQueuer  # type: ignore[import-not-found,unused-ignore]
    from pgqueuer.db import PsycopgDriver  # type: ignore[import-not-found,unused-ignore]
    from pgqueuer.queries import Queries  # type: ignore[import-not-found,unused-ignore]
    from pgqueuer.types import QueueExecutionMode  # type: ignore[import-not-found,unused-ignore]

    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        driver = PsycopgDriver(connection)
        queries = Queries(driver)
        await queries.install()
        await queries.enqueue(["noop"] * due, [None] * due, [0] * due)
        queuer = PgQueuer(driver)

        @queuer.entrypoint("noop")  # type: ignore[untyped-decorator,unused-ignore]
        async def noop(_job: Any) -> None:
            global _ran  # noqa: PLW0603
            _ran += 1

        marks = Marks(begin=time.perf_counter())
        await queuer.run(batch_size=100, mode=QueueExecutionMode.drain)
        marks.end = time.perf_counter()
        return marks


async def _procrastinate(address: str, due: int) -> Marks:
    import procrastinate  # type: ignore[import-not-found,unused-ignore]

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))

    @app.task(name="noop")  # type: ignore[untyped-decorator,unused-ignore]
    async def noop() -> None:
        global _ran  # noqa: PLW0603
        _ran += 1

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await noop.batch_defer_async(*[{} for _ in range(due)])
        marks = Marks(begin=time.perf_counter())
        await app.run_worker_async(wait=False, concurrency=100, install_signal_handlers=False)
        marks.end = time.perf_counter()
    return marks


async def _celery(_address: str, due: int) -> Marks:
    import celery  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from celery.worker import state  # type: ignore[import-not-found,import-untyped,unused-ignore]

    app = celery.Celery("bench", broker="memory://", set_as_current=True)
    app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False)
    marks = Marks()

    @app.task(name="noop")  # type: ignore[untyped-decorator,unused-ignore]
    def noop() -> None:
        global _ran  # noqa: PLW0603
        _ran += 1
        if _ran == due:
            marks.end = time.perf_counter()
            state.should_stop = 0  # the exit code

    for _ in range(due):
        noop.delay()
    worker = app.Worker(pool="solo", loglevel="ERROR", without_gossip=True, without_mingle=True, without_heartbeat=True)
    marks.begin = time.perf_counter()
    with suppress(SystemExit):
        worker.start()
    return marks
