"""Measure how long the engine takes until everything due is confirmed, beside schedulers and queues, in one run.

    python -m tests.benchmarks.engine --json [--full]
    uv run --with pgqueuer --with procrastinate --with celery python -m tests.benchmarks.engine --json

Lines `tick`: the same tables and rows as the raw SQL, and a sender that does nothing. Lines `whole`: roles resolved,
grouped, rendered, handed to a platform that answers at once, confirmed. Times are medians of interleaved runs, each in
processes of its own over a copy of the same database; rows are counted after each. A statement is one call of the
driver. The raw SQL stands beside it for reference. The short form takes about two minutes: one process, three runs, one
of APScheduler (`apscheduler_runs`); `--full` has two processes on PostgreSQL, five runs and a million stored.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.engine import make_url

from bot.zones import use_packaged_tzdata
from tests.benchmarks import queues, rivals, world
from tests.benchmarks.world import Marks, side_by_side, spent
from tests.fakes.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RUNS, FULL_RUNS = 3, 5
TICK_OVER_APSCHEDULER = 6.0
STATEMENTS = 0.05
FLAT = 1.5
MEMORY = 1.3
LOOP_GAP_MS = 50.0
MANY = 10_000
"""Due: from so many on, what is counted per delivery says something."""

Line = dict[str, Any]


@dataclass(slots=True)
class Bench:
    """One kind of database, and the databases that are filled once and copied for each run."""

    db: str
    folder: Path
    full: bool
    server: Postgres | None = None
    filled: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """How many runs a median is of."""
        return FULL_RUNS if self.full else RUNS

    def processes(self) -> Sequence[int]:
        """List how many processes to measure side by side: a SQLite file has one."""
        return (1, 2) if self.server and self.full else (1,)

    @contextmanager
    def database(self, due: int = 0, stored: int = 0) -> Iterator[str]:
        """The address of a database of its own, filled if there is anything stored."""
        if self.server is None:
            path = self.folder / f"{os.urandom(6).hex()}.db"
            if stored:
                shutil.copy(self._filled(due, stored), path)
                os.sync()
            yield f"sqlite:///{path}"
            for one in self.folder.glob(f"{path.name}*"):
                one.unlink()
            return
        with self.server.database(self._filled(due, stored) if stored else None) as address:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("CHECKPOINT")  # nobody pays for the copying
            yield address

    def _filled(self, due: int, stored: int) -> str:
        if (due, stored) not in self.filled:
            path = str(self.folder / f"{due}-{stored}.db")
            address = self.server.new() if self.server else f"sqlite:///{path}"
            side_by_side(world.fill, 1, address, due, stored)
            self.filled[due, stored] = str(make_url(address).database) if self.server else path
        return self.filled[due, stored]


@contextmanager
def benches(*, full: bool) -> Iterator[list[Bench]]:
    """Lend both databases for as long as the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="vigie-bench-"))
    server = Postgres(durable=True)
    try:
        yield [Bench("sqlite", folder, full), Bench("postgresql", folder, full, server)]
    finally:
        server.stop()
        shutil.rmtree(folder)


def run(bench: Bench, kind: str, processes: int, due: int, stored: int) -> list[Marks]:
    """One run of the product (`tick`, `whole`) or of the raw SQL (`raw`); its rows are counted."""
    with bench.database(due, stored) as address:
        if kind == "raw":
            found = side_by_side(rivals.raw_sql, processes, address)
        else:
            found = side_by_side(world.vigie, processes, kind, address)
        side_by_side(world.count, 1, address, due, stored)
    return found


def scheduled(bench: Bench, due: int, runs: int) -> list[float]:
    """APScheduler's times."""
    found = []
    for _ in range(runs):
        with bench.database() as address:
            found.append(spent(side_by_side(rivals.apscheduler, 1, address, due)))
    return found


def measure(bench: Bench, processes: int, size: tuple[int, int], peer: Sequence[float]) -> Iterator[Line]:
    """The lines `tick` and `whole` of one size, interleaved with the raw SQL by as many processes."""
    found: dict[str, list[list[Marks]]] = {"tick": [], "raw": [], "whole": []}
    for _ in range(bench.runs):
        for kind, runs in found.items():
            runs.append(run(bench, kind, processes, *size))
    middle = {kind: statistics.median(spent(one) for one in runs) for kind, runs in found.items()}
    for kind in ("tick", "whole"):
        yield _line(bench.db, kind, size, found[kind], (middle[kind], middle["raw"], peer))


def _line(
    db: str, kind: str, size: tuple[int, int], runs: list[list[Marks]], times: tuple[float, float, Sequence[float]]
) -> Line:
    vigie, raw, peers = times
    due, stored = size
    peer = statistics.median(peers) if peers else None
    gap = statistics.median(max(one.gap_ms for one in marks) for marks in runs)
    idle = statistics.median(max(one.idle_ms for one in marks) for marks in runs)
    statements = statistics.median(sum(one.statements for one in marks) for marks in runs) / due
    checks = {f"gap <= {LOOP_GAP_MS:g} ms": gap <= LOOP_GAP_MS}
    if due >= MANY:
        checks[f"statements <= {STATEMENTS}"] = statements <= STATEMENTS
    if due == MANY and kind == "tick" and peer:
        checks[f">= {TICK_OVER_APSCHEDULER:g} x APScheduler"] = peer / vigie >= TICK_OVER_APSCHEDULER
    missed = [target for target, fine in checks.items() if not fine]
    return {
        "db": db, "processes": len(runs[0]), "kind": kind, "due": due, "stored": stored, "vigie_s": round(vigie, 4),
        "apscheduler_s": round(peer, 4) if peer else None, "raw_sql_s": round(raw, 4),
        "over_raw": round(vigie / raw, 2), "over_apscheduler": round(peer / vigie, 1) if peer else None,
        "statements": round(statements, 4), "loop_gap_ms": round(gap, 1), "idle_gap_ms": round(idle, 2),
        "peak_mb": round(max(one.peak_mb for marks in runs for one in marks), 1), "apscheduler_runs": len(peers),
        "target": " and ".join(checks), "missed": missed, "ok": not missed,
    }  # fmt: skip


def flat(bench: Bench, stored: int) -> Line:
    """A hundred due, with ten thousand stored and with so many."""
    times: dict[int, list[float]] = {10_000: [], stored: []}
    for _ in range(bench.runs):
        for size, found in times.items():
            found.append(spent(run(bench, "tick", 1, 100, size)))
    few, many = (statistics.median(found) for found in times.values())
    return {
        "db": bench.db, "kind": "flat", "due": 100, "stored": stored, "vigie_s": round(many, 4),
        "with_10000_stored_s": round(few, 4), "ratio": round(many / few, 2), "target": f"<= {FLAT}",
        "ok": many / few <= FLAT,
    }  # fmt: skip


def memory(db: str, lines: Sequence[Line]) -> Line:
    """The largest memory of a process for the most due, beside that for the fewest."""
    whole = [one for one in lines if one["db"] == db and one.get("processes") == 1 and one["kind"] == "whole"]
    few, many = min(whole, key=lambda one: int(one["due"])), max(whole, key=lambda one: int(one["due"]))
    ratio = many["peak_mb"] / few["peak_mb"]
    return {
        "db": db, "kind": "memory", "due": many["due"], "peak_mb": many["peak_mb"],
        f"with_{few['due']}_due_mb": few["peak_mb"], "ratio": round(ratio, 2), "target": f"<= {MEMORY}",
        "ok": ratio <= MEMORY,
    }  # fmt: skip


def lines(*, full: bool) -> Iterator[Line]:
    """Everything that is measured, line by line."""
    sizes = [(1_000, 10_000), (MANY, 10_000)]
    if full:
        sizes = [(1_000, 1_000_000), (MANY, 1_000_000), (100_000, 1_000_000)]
    with benches(full=full) as both:
        yield {
            "durability": "SQLite: WAL, synchronous=FULL, APScheduler's file as well; PostgreSQL: fsync=on,"
            " synchronous_commit=on",
            "fsync_ms": round(fsync_ms(both[0].folder), 3), "cpus": os.cpu_count(), "load": os.getloadavg()[0],
        }  # fmt: skip
        for bench in both:
            peers = {MANY: scheduled(bench, MANY, FULL_RUNS if full else 1)}
            made: list[Line] = []
            for processes in bench.processes():
                for size in sizes:
                    for line in measure(bench, processes, size, peers.get(size[0], ())):
                        made.append(line)
                        yield line
            yield memory(bench.db, made)
            yield flat(bench, 1_000_000 if full else 200_000)
            if bench.server:
                yield from queues.lines(bench.server, MANY, made)


def fsync_ms(folder: Path) -> float:
    """The median time of one durable write here, so that figures of machines can be compared."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        found = []
        for _ in range(20):
            file.write(b"x" * 4096)
            file.flush()
            begin = time.perf_counter()
            os.fsync(file.fileno())
            found.append((time.perf_counter() - begin) * 1000)
    return statistics.median(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one JSON object per line; 1 when a target is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--full", action="store_true", help="1,000,000 stored and 100,000 due (about an hour)")
    options.add_argument("--json", action="store_true", help="one JSON object a line, which is the only form")
    chosen = options.parse_args(arguments)
    use_packaged_tzdata()
    fine = True
    for line in lines(full=chosen.full):
        print(json.dumps(line), flush=True)
        fine &= line.get("ok", True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
