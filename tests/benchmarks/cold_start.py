"""How long `vigie --help` takes beside an empty click program's, interleaved in the same run.

`python -m tests.benchmarks.cold_start --json [--full]`: one JSON object a line, exit 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time as clock
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TARGET = 1.5
ROUNDS, FULL_ROUNDS = 15, 60

OURS = """\
from __future__ import annotations

import sys

from bot.cli import main

sys.exit(main())
"""
EMPTY = """\
from __future__ import annotations

import sys

import click


@click.group()
def main() -> None:
    \"\"\"Nothing.\"\"\"


sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with its target."""

    name: str
    value: float
    target: str
    ok: bool
    note: str = ""


def measure(rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each run of ours and of the empty program, taken in turns after one of each that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        scripts = []
        for name, text in (("vigie", OURS), ("empty", EMPTY)):
            scripts.append(Path(folder) / name)
            scripts[-1].write_text(text, encoding="utf-8")
        ours, empty = scripts
        pairs = [(_seconds(ours), _seconds(empty)) for _ in range(rounds + 1)][1:]
    return [one for one, _ in pairs], [other for _, other in pairs]


def _seconds(script: Path) -> float:
    begun = clock.perf_counter()
    subprocess.run([sys.executable, str(script), "--help"], check=True, capture_output=True)
    return clock.perf_counter() - begun


def lines(*, full: bool) -> Iterator[Line]:
    """The ratio of the two medians."""
    ours, empty = measure(FULL_ROUNDS if full else ROUNDS)
    here, there = statistics.median(ours), statistics.median(empty)
    note = f"{here * 1000:.0f} ms against {there * 1000:.0f} ms, medians of {len(ours)} runs"
    yield Line("cold_start.help", round(here / there, 2), f"<= {TARGET}", here / there <= TARGET, note)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a target is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--full", action="store_true", help="more runs")
    options.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = options.parse_args(arguments)
    fine = True
    for line in lines(full=chosen.full):
        print(json.dumps(asdict(line)) if chosen.json else f"{line.name}: {line.value} ({line.target}) {line.note}")
        fine &= line.ok
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
