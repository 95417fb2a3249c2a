"""How long until everything that is due is confirmed, beside APScheduler and beside raw SQL, in one run.

    python -m tests.benchmarks.engine --json [--full]

Lines `tick`: the same tables and rows as the raw SQL, and a sender that does nothing. Lines `whole`: roles resolved,
grouped, rendered, handed to a platform that answers at once, confirmed. Times are medians of interleaved runs.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.zones import use_packaged_tzdata
from tests.benchmarks import rivals, world
from tests.fakes.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RUNS = 5
TICK_OVER_APSCHEDULER = 20.0
TICK_OVER_RAW = {"sqlite": 1.5, "postgresql": 1.35}
WHOLE_OVER_RAW = 4.0
STATEMENTS = 0.02
FLAT = 1.5
LOOP_GAP_MS = 25.0


@dataclass(frozen=True)
class Row:
    """One line of the table. Times in seconds, gaps in milliseconds."""

    db: str
    processes: int
    kind: str
    due: int
    stored: int
    vigie_s: float
    raw_sql_s: float
    apscheduler_s: float | None
    over_raw: float
    over_apscheduler: float | None
    statements: float
    loop_gap_ms: float
    idle_gap_ms: float
    target: str
    ok: bool


def databases() -> Iterator[tuple[str, Callable[[], str]]]:
    """Each kind with a maker of fresh addresses."""
    folder = Path(tempfile.mkdtemp(prefix="vigie-bench-"))
    yield "sqlite", lambda: f"sqlite:///{folder / os.urandom(6).hex()}.db"
    server = Postgres(durable=True)
    try:
        yield "postgresql", server.new
    finally:
        server.stop()


def measure(db: str, address: Callable[[], str], due: int, stored: int, rivals_too: bool) -> Iterator[Row]:
    """Both kinds of line for one size."""
    times: dict[str, list[float]] = {"tick": [], "whole": [], "raw": [], "apscheduler": []}
    marks: dict[str, world.Marks] = {}
    for _ in range(RUNS):
        for kind in ("tick", "whole"):
            spent, marks[kind] = asyncio.run(world.run(kind, address(), due, stored))
            times[kind].append(spent)
        times["raw"].append(rivals.raw_sql(address(), due, stored))
        if rivals_too and len(times["apscheduler"]) < (RUNS if due <= 1000 else 1):
            times["apscheduler"].append(rivals.apscheduler(address(), due))
    middle = {name: statistics.median(found) if found else None for name, found in times.items()}
    for kind in ("tick", "whole"):
        yield _row(db, kind, (due, stored), middle, marks[kind])


def _row(db: str, kind: str, size: tuple[int, int], middle: dict[str, float | None], marks: world.Marks) -> Row:
    due, stored = size
    vigie, raw, peer = middle[kind], middle["raw"], middle["apscheduler"]
    assert vigie is not None
    assert raw is not None
    over_raw, over_peer = vigie / raw, peer / vigie if peer else None
    checks = {f"gap <= max(5 x idle, {LOOP_GAP_MS} ms)": marks.gap_ms <= max(5 * marks.idle_ms, LOOP_GAP_MS)}
    if kind == "tick":
        checks[f"<= {TICK_OVER_RAW[db]} x raw"] = over_raw <= TICK_OVER_RAW[db]
        if due >= 10_000:
            checks[f"statements <= {STATEMENTS}"] = marks.statements / due <= STATEMENTS
        if over_peer is not None and due == 10_000:
            checks[f">= {TICK_OVER_APSCHEDULER} x APScheduler"] = over_peer >= TICK_OVER_APSCHEDULER
    else:
        checks[f"<= {WHOLE_OVER_RAW} x raw"] = over_raw <= WHOLE_OVER_RAW
    return Row(
        db, 1, kind, due, stored, round(vigie, 4), round(raw, 4), round(peer, 4) if peer else None, round(over_raw, 2),
        round(over_peer, 1) if over_peer else None, round(marks.statements / due, 4), round(marks.gap_ms, 1),
        round(marks.idle_ms, 2), " and ".join(checks), all(checks.values()),
    )  # fmt: skip


def fsync_ms() -> float:
    """The median time of one durable write here, so that figures of machines can be compared."""
    with tempfile.NamedTemporaryFile() as file:
        found = []
        for _ in range(20):
            file.write(b"x" * 4096)
            file.flush()
            begin = time.perf_counter()
            os.fsync(file.fileno())
            found.append((time.perf_counter() - begin) * 1000)
    return statistics.median(found)


def main() -> None:
    """Print one JSON object per line; exit 1 when a target is missed."""
    full = "--full" in sys.argv
    use_packaged_tzdata()
    print(
        json.dumps({"fsync_ms": round(fsync_ms(), 3), "durability": "SQLite WAL synchronous=FULL; PostgreSQL fsync=on"})
    )
    sizes = [(1_000, 10_000), (10_000, 10_000)] + ([(100, 1_000_000), (100_000, 1_000_000)] if full else [])
    fine = True
    for db, address in databases():
        flat: dict[int, float] = {}
        for due, stored in sizes:
            for row in measure(db, address, due, stored, rivals_too=due in (1_000, 10_000)):
                print(json.dumps(asdict(row)), flush=True)
                fine &= row.ok
                if due == 100 and row.kind == "tick":
                    flat[stored] = row.vigie_s
        small = statistics.median(asyncio.run(world.run("tick", address(), 100, 10_000))[0] for _ in range(RUNS))
        for stored, spent in flat.items():
            ratio = spent / small
            ok = ratio <= FLAT
            fine &= ok
            print(json.dumps({"db": db, "flat": stored, "ratio": round(ratio, 2), "target": f"<= {FLAT}", "ok": ok}))
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
