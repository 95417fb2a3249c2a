"""How far each step of the scale plan carries (docs/adr): measured here, then computed for a million teams.

    python -m tests.benchmarks.scale --json [--teams 1000000] [--latency 0.15]

1. Measured in this run: what a team of four says and stores on a working day (the demo's); how many messages a second
   one process plans, draws and confirms as such teams begin their day; how many rows a second one database takes.
2. Taken from the platforms: the calls that one process makes at once (bot.engine.sender), `--latency` seconds each;
   Discord 45/s for a bot (its limit is 50); Slack 1/s in one channel, which binds no team.
3. Computed: the first limit that binds each step, and, second by second, how late the last of all teams hears of its
   09:00 in 24 zones, spread evenly or with half of them in one zone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import sqlalchemy as sa

from bot.catalogue.loader import load
from bot.civil import instant
from bot.cli import _demo_team as demo
from bot.cli._compose import compose
from bot.clock import VirtualClock
from bot.engine.sender import AT_ONCE
from bot.zones import use_packaged_tzdata, zone
from storage import schema as s
from tests.benchmarks import world
from tests.fakes.postgres import Postgres
from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PATIENCE = 300
"""Seconds after 09:00 within which the last card of a zone shall have left."""
DISCORD = 45.0
"""Messages a second for one bot."""
ZONES = (
    "Pacific/Auckland", "Pacific/Guadalcanal", "Australia/Brisbane", "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok",
    "Asia/Dhaka", "Asia/Karachi", "Asia/Dubai", "Europe/Istanbul", "Europe/Athens", "Europe/Paris", "Europe/London",
    "Atlantic/Cape_Verde", "Atlantic/South_Georgia", "America/Sao_Paulo", "America/Santo_Domingo", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu",
    "Pacific/Pago_Pago",
)  # fmt: skip
WORKING_DAYS = 21
TEAMS = 100
SENT = sa.select(sa.func.count()).where(s.deliveries.c.state == "sent")


@dataclass(frozen=True)
class Measured:
    """Of this machine, in this run."""

    at_nine: int
    """Messages that a team is sent within half an hour of 09:00."""
    a_day: int
    bytes_a_day: int
    process_rate: float
    """Messages a second that one process plans, draws and confirms at nine (PostgreSQL)."""
    sqlite_rate: float
    database_rate: float
    """Rows a second that one database plans and confirms."""


@dataclass(frozen=True)
class Step:
    """A shape of the installation. `bots`: on Discord, applications that share the teams."""

    name: str
    platform: str
    processes: int
    databases: int
    bots: int = 1
    sqlite: bool = False


@dataclass(frozen=True)
class Line:
    """What a step bears. Times in seconds."""

    step: str
    platform: str
    processes: int
    databases: int
    bots: int
    rate: float
    """Messages a second."""
    bound_by: str
    teams_even: int
    """Teams whose zone's last card leaves within PATIENCE, spread evenly over the zones."""
    teams_half: int
    """The same with half of all teams in one zone."""
    late_p50_s: float
    late_p99_s: float
    late_max_s: float
    peak_backlog: int
    """Of `--teams` spread evenly."""
    half_late_max_s: float
    target: str
    ok: bool


async def _day(folder: Path) -> tuple[int, int, int]:
    """The demo team's Tuesday: messages around nine, in the whole day; bytes that a day adds (mean of four)."""
    address = f"sqlite:///{folder / 'day.db'}"
    async with tell(address) as story:
        await story.until("2026-11-23T23:00")
        before = await _size(address)
        around = [one for one in await story.until("2026-11-24T09:30") if one.kind == "post"]
        rest = [one for one in await story.until("2026-11-24T23:00") if one.kind == "post"]
        for day in ("25", "26", "27"):
            for name in ("Léa", "Karim", "Tom"):
                await story.says(name, "jour équipe")
            await story.says("Léa", "fait veille")
            await story.until(f"2026-11-{day}T23:00")
        return max(len(around), 1), len(around) + len(rest), (await _size(address) - before) // 4


async def _size(address: str) -> int:
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        pages: int = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size: int = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    engine.dispose()
    return pages * size


def measure(folder: Path) -> Measured:
    at_nine, a_day, added = asyncio.run(_day(folder))
    due = 2_000
    sqlite = asyncio.run(morning(f"sqlite:///{folder / 'morning.db'}"))
    server = Postgres(durable=True)
    try:
        process = asyncio.run(morning(server.new()))
        address = server.new()
        world.side_by_side(world.fill, 1, address, due, due)
        tick = world.spent(world.side_by_side(world.vigie, 1, "tick", address))
    finally:
        server.stop()
    return Measured(at_nine, a_day, added, round(process), round(sqlite), round(due / tick))


async def morning(address: str) -> float:
    """Messages a second while the demo's team, so many times, begins its day: tasks opened, cards drawn, confirmed."""
    clock = VirtualClock(datetime(2026, 11, 23, 7, 55, tzinfo=UTC))
    app = compose(address, clock, [world.NoopPlatform()])
    for number in range(TEAMS):
        with patch.object(demo, "WORKSPACE", f"W{number}"):
            await app.store.write(lambda tx: demo.seed(tx, app.registry, load(), "fr", "console"))
    clock.move_to(datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    begin = time.perf_counter()
    await app.engine.settle()
    spent = time.perf_counter() - begin
    sent = await app.store.read(lambda tx: tx.connection.execute(SENT).scalar_one())
    await app.store.close()
    assert sent >= TEAMS, sent
    return float(sent / spent)


def nines(teams: int, share: float) -> list[tuple[int, int]]:
    """(second of the day in UTC, teams) of every zone's 09:00; the first zone of Europe has `share` of them all."""
    rest = (teams - int(teams * share)) // (len(ZONES) - 1)
    day = datetime(2026, 11, 24, 9)  # noqa: DTZ001  # nominal
    begin = instant(day, zone(ZONES[0]))
    found = []
    for name in ZONES:
        at = int((instant(day, zone(name)) - begin) / timedelta(seconds=1))
        found.append((at, int(teams * share) if name == "Europe/Paris" else rest))
    return sorted(found)


def simulate(moments: Sequence[tuple[int, int]], each: int, rate: float) -> tuple[list[tuple[int, float]], int]:
    """Second by second: ((lateness, messages) …, the longest queue). First come, first served."""
    arrivals = dict(moments)
    queue: deque[list[float]] = deque()
    late: dict[int, float] = {}
    waiting = peak = 0.0
    second = 0
    while second <= max(arrivals) or queue:
        if second in arrivals:
            queue.append([second, arrivals[second] * each])
            waiting += arrivals[second] * each
        peak = max(peak, waiting)
        left = rate
        while queue and left > 0:
            taken = min(left, queue[0][1])
            late[second - int(queue[0][0])] = late.get(second - int(queue[0][0]), 0.0) + taken
            queue[0][1] -= taken
            left, waiting = left - taken, waiting - taken
            if queue[0][1] < 1e-6:
                queue.popleft()
        second += 1
    return sorted(late.items()), round(peak)


def _percentile(late: Iterable[tuple[int, float]], part: float) -> int:
    rows = list(late)
    wanted, seen = sum(count for _, count in rows) * part, 0.0
    for seconds, count in rows:
        seen += count
        if seen >= wanted:
            return seconds
    return rows[-1][0]


def steps() -> list[Step]:
    return [
        Step("1 one SQLite file", "slack", 1, 1, sqlite=True),
        Step("1 one SQLite file", "discord", 1, 1, sqlite=True),
        Step("2 PostgreSQL, 2 processes", "slack", 2, 1),
        Step("2 PostgreSQL, 8 processes", "slack", 8, 1),
        Step("2 PostgreSQL, 2 processes", "discord", 2, 1),
        Step("3 partitions by month, 32 processes", "slack", 32, 1),
        Step("4 teams over 4 databases", "slack", 64, 4),
        Step("4 teams over 8 databases, 10 bots", "discord", 16, 8, bots=10),
    ]


def line(step: Step, found: Measured, teams: int, latency: float) -> Line:
    """The first limit of a step, and its day."""
    limits = {
        "processor": step.processes * (found.sqlite_rate if step.sqlite else found.process_rate),
        "calls": step.processes * AT_ONCE / latency,
        "database": step.databases * found.database_rate,
    } | ({"platform": step.bots * DISCORD} if step.platform == "discord" else {})
    bound, rate = min(limits.items(), key=lambda one: one[1])
    within = int(rate * PATIENCE / found.at_nine)
    even, half = within * len(ZONES), within * 2
    late, peak = simulate(nines(teams, 1 / len(ZONES)), found.at_nine, rate)
    skewed, _ = simulate(nines(teams, 0.5), found.at_nine, rate)
    at_limit, _ = simulate(nines(even, 1 / len(ZONES)), found.at_nine, rate)
    worst = at_limit[-1][0]
    return Line(
        step.name, step.platform, step.processes, step.databases, step.bots, round(rate), bound, even, half,
        _percentile(late, 0.5), _percentile(late, 0.99), late[-1][0], peak, skewed[-1][0],
        f"at its limit the last card leaves within {PATIENCE} s", worst <= PATIENCE,
    )  # fmt: skip


def stored(found: Measured, teams: int) -> dict[str, Any]:
    """What all teams keep, how many schedules wait, and how many teams' year a database of a size holds."""
    month = found.bytes_a_day * WORKING_DAYS * teams
    year = found.bytes_a_day * WORKING_DAYS * 12
    return {
        "teams": teams, "gb_a_month": round(month / 1e9), "schedules": teams * 11,
        "teams_in_50_gb": int(50e9 / year),
        "teams_in_1_tb": int(1e12 / year),
    }  # fmt: skip


def main() -> None:
    """Print one JSON object per line; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--teams", type=int, default=1_000_000)
    parser.add_argument("--latency", type=float, default=0.15)
    chosen = parser.parse_args()
    use_packaged_tzdata()
    with tempfile.TemporaryDirectory(prefix="vigie-scale-") as folder:
        found = measure(Path(folder))
    print(json.dumps({"measured": asdict(found), "latency_s": chosen.latency, "calls_at_once": AT_ONCE}))
    print(json.dumps({"stored": stored(found, chosen.teams)}))
    fine = True
    for step in steps():
        row = line(step, found, chosen.teams, chosen.latency)
        fine &= row.ok
        print(json.dumps(asdict(row)), flush=True)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
