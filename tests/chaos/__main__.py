"""Kill -9 in a loop, on each database; prints one JSON object a line, exit 1 when a reminder is missing or extra.

python -m tests.chaos --kills 12 [--db sqlite|postgresql|both] [--reminders 1500] [--seed 1]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from bot.zones import use_packaged_tzdata
from tests.chaos.run import Plan, Report, play
from tests.fakes.postgres import Postgres

PROCESSES = 3
RESTARTS = 3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--db", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--reminders", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(2)))
    parser.add_argument("--naive", action="store_true", help="forget keys, look nothing up: see what they are good for")
    parser.add_argument("--logs", action="store_true", help="print what the processes logged")
    asked = parser.parse_args()
    use_packaged_tzdata()
    names = ["sqlite", "postgresql"] if asked.db == "both" else [asked.db]
    fine = [_run(name, asked) for name in names]
    sys.exit(0 if all(fine) else 1)


def _run(name: str, asked: argparse.Namespace) -> bool:
    report = _on_sqlite(asked) if name == "sqlite" else _on_postgresql(asked)
    print(json.dumps({"db": name, "seed": asked.seed, **report.figures()}), flush=True)
    if not report.verdict.fine:
        print(
            json.dumps({"missing": report.verdict.missing[:20], "extra": dict(list(report.verdict.extra.items())[:20])})
        )
    if asked.logs:
        print(report.logs)
    return report.fine


def _on_sqlite(asked: argparse.Namespace) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'vigie.db'}"
        return asyncio.run(play(Plan(address, 1, asked.kills, 0, asked.reminders, asked.seed, asked.naive)))


def _on_postgresql(asked: argparse.Namespace) -> Report:
    server = Postgres(durable=True)
    try:
        plan = Plan(
            server.new(),
            PROCESSES,
            asked.kills,
            RESTARTS,
            asked.reminders,
            asked.seed,
            asked.naive,
            server.restart_at_once,
        )
        return asyncio.run(play(plan))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
