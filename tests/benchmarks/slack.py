"""Measure `/cm done` over signed HTTP beside a bare Bolt app that writes to the same kind of database, in one run.

    python -m tests.benchmarks.slack --json [--full]

Thirty-two people at a time, then one alone, tick and reopen a task of their own; every request is a write, which the
record proves afterwards. The peer reads its item, writes its state and an audit line with SQLAlchemy, one commit a
click, with the same durability: a write-ahead log and synchronous=FULL on SQLite, fsync on PostgreSQL. The load comes
from a process of its own. The peer has its turn before and after each of ours, and the figure is the median of the
ratios: a shared machine is twice as fast in one minute as in the next. Bare Bolt without a database is for reference.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import sqlalchemy as sa
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.cli._gc import tune_collector
from bot.ids import new_id
from bot.teams.member import Identity, Member
from bot.zones import use_packaged_tzdata
from tests.adapters.slack.world import opened
from tests.fakes.postgres import Postgres
from tests.fakes.slack import SECRET, TEAM, FakeSlack
from tests.fakes.slack.people import Someone
from tests.fakes.slack.server import person
from tests.fakes.timer import HandTimer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

PEOPLE = 32
TURNS, FULL_TURNS = 3, 9
OVER_PEER = 0.5
OVER_PEER_P50 = 2.0
P95_MS = 500.0
GROWTH_MB = 10.0
POOL = 8
"""Connections of the peer on PostgreSQL; a SQLite file has one writer."""

Load = dict[str, float]


def _bodies(number: int, rounds: int, run: str) -> list[bytes]:
    """Build what one person types: done, reopen, done …"""
    lines = [f"{'fait' if turn % 2 == 0 else 'rouvrir'} Chose {number:02}" for turn in range(rounds)]
    return [
        urlencode(
            {"command": "/cm", "text": line, "team_id": TEAM, "channel_id": "C0EQUIPE", "user_id": f"U{number:04}",
             "user_name": "x", "trigger_id": f"{run}-{number}-{turn}", "response_url": ""}
        ).encode()
        for turn, line in enumerate(lines)
    ]  # fmt: skip


async def _client(url: str, people: int, rounds: int, run: str) -> None:
    """Put the load on a server and print seconds and latencies as JSON."""
    fake = FakeSlack()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    took: list[float] = []

    async def type_lines(session: aiohttp.ClientSession, number: int) -> None:
        for body in _bodies(number, rounds, run):
            since = time.perf_counter()
            async with session.post(url, data=body, headers=fake.signed(body) | form) as answer:
                await answer.read()
                assert answer.status == 200, answer.status
            took.append(time.perf_counter() - since)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=PEOPLE)) as session:
        began = time.perf_counter()
        await asyncio.gather(*(type_lines(session, number) for number in range(people)))
        print(json.dumps({"seconds": time.perf_counter() - began, "took": took}))


async def _load(url: str, rounds: int, run: str, *, people: int = PEOPLE) -> Load:
    command = [sys.executable, "-m", "tests.benchmarks.slack", "--client", url, str(people), str(rounds), run]
    spent = time.process_time()
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    measured = json.loads(output)
    took = sorted(measured["took"])
    return {
        "rps": len(took) / measured["seconds"],
        "cpu_us": (time.process_time() - spent) / len(took) * 1e6,
        "p50_ms": statistics.median(took) * 1000,
        "p95_ms": took[int(len(took) * 0.95)] * 1000,
    }


@asynccontextmanager
async def _bare(handler: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.post("/slack/events", handler)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


def _bolt(answer: Callable[[str, str], Awaitable[None]] | None = None) -> Any:
    """Build a bare Bolt app; `answer` does what a user's line says before it is acknowledged."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_user_id="UB", bot_id="BB", bot_token="xoxb")

    app = AsyncApp(authorize=authorize, signing_secret=SECRET, process_before_response=True)

    async def command(ack: Any, body: Any) -> None:
        if answer is not None:
            await answer(body["user_id"], body["text"])
        await ack(text="ok")

    app.command("/cm")(command)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return handle


_metadata = sa.MetaData()
_items = sa.Table(
    "items",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.String, index=True, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("closed_at", sa.Float),
)
_audit = sa.Table(
    "audit",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("item_id", sa.ForeignKey("items.id"), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("act", sa.String, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)


class _Peer:
    """What a bare Bolt app does for `/cm fait Chose 01`, in SQLAlchemy Core, one commit a click."""

    def __init__(self, address: str) -> None:
        self._is_sqlite = address.startswith("sqlite")
        size = 1 if self._is_sqlite else POOL
        self._threads = ThreadPoolExecutor(size)
        self._engine = sa.create_engine(address, pool_size=size, max_overflow=0)
        if self._is_sqlite:
            sa.event.listen(self._engine, "connect", _make_durable)
        _metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(_items),
                [
                    {"user_id": f"U{number:04}", "title": f"Chose {number:02}", "state": "open"}
                    for number in range(PEOPLE)
                ],
            )

    async def answer(self, user: str, line: str) -> None:
        """Store what the line says, in a database thread."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._write, user, line)

    def _write(self, user: str, line: str) -> None:
        act, _, title = line.partition(" ")
        state, now = ("done" if act == "fait" else "open"), time.time()
        with self._engine.begin() as connection:
            of_user = sa.and_(_items.c.user_id == user, _items.c.title == title)
            item = connection.execute(sa.select(_items.c.id).where(of_user)).scalar_one()
            connection.execute(sa.update(_items).where(_items.c.id == item).values(state=state, closed_at=now))
            connection.execute(sa.insert(_audit).values(item_id=item, actor=user, act=act, at=now))

    def count(self) -> int:
        """Count the audit lines."""
        with self._engine.begin() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(_audit)).scalar_one()

    def close(self) -> None:
        """End the threads and the connections."""
        self._threads.shutdown()
        self._engine.dispose()


def _make_durable(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@asynccontextmanager
async def _vigie(address: str) -> AsyncIterator[tuple[FakeSlack, Any]]:
    """The product with thirty-two people, each with a task of their own."""
    slack = await FakeSlack().start()
    async with opened(address, "http", slack=slack) as world:
        await world.set_up()
        team = await world.app.store.read(lambda tx: tx.teams.find("slack", TEAM))
        assert team is not None
        for number in range(PEOPLE):
            slack.people[f"U{number:04}"] = person(f"U{number:04}", f"Personne {number:02}")
            await world.app.store.write(lambda tx, number=number: _join(tx, team.id, number))  # type: ignore[misc]
            await Someone(slack, f"U{number:04}").types(f"tâche ajouter Chose {number:02} aujourd’hui à 17 h")
        running = asyncio.create_task(world.app.engine.run(HandTimer()))
        tune_collector()
        yield slack, world
        world.app.engine.stop()
        await running
    await slack.stop()


def _join(tx: Any, team: str, number: int) -> None:
    member = Member(team, new_id(tx.now), f"Personne {number:02}")
    tx.members.add(member, Identity(team, member.id, "slack", f"U{number:04}"))


async def _written(world: Any) -> int:
    def count(tx: Any) -> int:
        team = tx.teams.find("slack", TEAM)
        return sum(line.act in {"done", "reopen"} for line in tx.audit.latest(team.id, limit=1_000_000))

    found: int = await world.app.store.read(count)
    return found


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _growth(world: Any, slack: FakeSlack, events: int) -> float:
    """MB that so many reactions on somebody else's messages leave behind."""

    async def react(count: int, run: str) -> None:
        for number in range(count):
            event = {"type": "reaction_added", "user": "U0001", "reaction": "eyes", "event_ts": "1",
                     "item": {"type": "message", "channel": "C0AUTRE", "ts": f"{number}.1"}}  # fmt: skip
            payload = {"type": "event_callback", "event_id": f"{run}{number}", "team_id": TEAM, "event": event}
            assert await slack.deliver("events_api", payload) is not None

    await react(500, "warm")
    gc.collect()
    before = _resident_mb()
    await react(events, "load")
    gc.collect()
    return _resident_mb() - before


def _fsync_ms() -> float:
    took = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            since = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - since)
    return statistics.median(took) * 1000


@contextmanager
def _databases() -> Iterator[list[tuple[str, str, str]]]:
    """Lend both databases: a name, our address, the peer's."""
    server = Postgres(durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder, server.database() as url, server.database() as peer:
            yield [
                ("sqlite", f"sqlite:///{Path(folder) / 'vigie.db'}", f"sqlite:///{Path(folder) / 'peer.db'}"),
                ("postgresql", url, peer.replace("postgresql://", "postgresql+psycopg://")),
            ]
    finally:
        server.stop()


async def _run(*, full: bool) -> AsyncIterator[dict[str, Any]]:
    rounds, events = (60, 50_000) if full else (20, 2_000)
    tune_collector()  # the peer collects its garbage as `vigie run` does
    yield {"name": "machine", "cores": os.cpu_count(), "load": os.getloadavg()[0], "fsync_ms": _fsync_ms()}
    async with _bare(_bolt()) as url:
        yield {"name": "bare bolt, no database", **await _load(url, rounds * 2, "bare")}
    with _databases() as databases:
        for name, address, peer_address in databases:
            peer = _Peer(peer_address)
            async with _vigie(address) as (slack, world), _bare(_bolt(peer.answer)) as peer_url:
                before = await _written(world)
                ours, theirs = Side(slack.target), Side(peer_url)
                for turn in range(FULL_TURNS if full else TURNS):
                    await theirs.measure(rounds, f"{turn}a")
                    await ours.measure(rounds, f"{turn}b")
                await theirs.measure(rounds, "last")
                for row in _rows(name, ours, theirs):
                    yield row
                yield _lost(name, await _written(world) - before, ours.clicks)
                yield _lost(f"peer {name}", peer.count(), theirs.clicks)
                mb = await _growth(world, slack, events)
                yield {"name": f"{name} memory", "events": events, "mb": mb, "target": f"<= {GROWTH_MB}",
                       "ok": mb <= GROWTH_MB}  # fmt: skip
            peer.close()


@dataclass(slots=True)
class Side:
    """One of the two servers, with its loads: of thirty-two people, and of one alone."""

    url: str
    crowd: list[Load] = field(default_factory=list)
    alone: list[Load] = field(default_factory=list)
    clicks: int = 0

    async def measure(self, rounds: int, run: str) -> None:
        """Put each kind of load on it once; before the first, a short one that is not measured."""
        if not self.crowd:
            await _load(self.url, 4, f"{run}warm")
            self.clicks += PEOPLE * 4
        self.crowd.append(await _load(self.url, rounds, f"{run}crowd"))
        self.alone.append(await _load(self.url, rounds * 2, f"{run}alone", people=1))
        self.clicks += PEOPLE * rounds + rounds * 2


def _lost(name: str, written: int, clicks: int) -> dict[str, Any]:
    return {"name": f"{name} lost", "written": written, "clicks": clicks, "target": "0 lost", "ok": written == clicks}


def _middle(loads: list[Load]) -> Load:
    return {figure: statistics.median(load[figure] for load in loads) for figure in loads[0]}


def _rows(name: str, ours: Side, theirs: Side) -> Iterator[dict[str, Any]]:
    """Give the medians of both, and each of our turns over the two of the peer beside it."""
    beside = [(before["rps"] + after["rps"]) / 2 for before, after in pairwise(theirs.crowd)]
    ratios = [load["rps"] / rps for load, rps in zip(ours.crowd, beside, strict=True)]
    ratio, crowd, alone, peer_alone = (
        statistics.median(ratios), _middle(ours.crowd), _middle(ours.alone), _middle(theirs.alone)
    )  # fmt: skip
    yield {"name": f"peer {name}, {PEOPLE} at once", **_middle(theirs.crowd)}
    yield {"name": f"peer {name}, alone", **peer_alone}
    yield {"name": f"vigie {name}, alone", **alone}
    yield {"name": f"vigie {name}, {PEOPLE} at once", **crowd, "target": f"p95 < {P95_MS:g} ms",
           "ok": crowd["p95_ms"] < P95_MS}  # fmt: skip
    yield {"name": f"{name} over peer, {PEOPLE} at once", "ratio": ratio, "turns": [round(turn, 2) for turn in ratios],
           "target": f">= {OVER_PEER}", "ok": ratio >= OVER_PEER}  # fmt: skip
    slower = alone["p50_ms"] / peer_alone["p50_ms"]
    yield {"name": f"{name} p50 over peer's, alone", "ratio": slower, "target": f"<= {OVER_PEER_P50}",
           "ok": slower <= OVER_PEER_P50}  # fmt: skip


def main() -> None:
    """Print one JSON object per line; exit 1 when a target is missed."""
    use_packaged_tzdata()
    if "--client" in sys.argv:
        asyncio.run(_client(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]))
        return
    sys.exit(0 if asyncio.run(_print_all(full="--full" in sys.argv)) else 1)


async def _print_all(*, full: bool) -> bool:
    fine = True
    async for row in _run(full=full):
        shown = {key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}
        print(json.dumps(shown), flush=True)
        fine &= row.get("ok", True)
    return fine


if __name__ == "__main__":
    main()
