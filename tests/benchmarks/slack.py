"""`/cm done` over signed HTTP, database write included, beside a bare Bolt app and a bare aiohttp handler, in one run.

    python -m tests.benchmarks.slack --json [--full]

Thirty-two people at a time tick and reopen a task of their own; every request is a write, which the record proves
afterwards. The load comes from a process of its own; durability is as shipped. The bare Bolt app has its turn before
and after each of ours, and the figure is the median: a shared machine is twice as fast in one minute as in the next.
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
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.door import signed
from bot.cli._memory import settle_down
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
    from collections.abc import AsyncIterator, Iterator

PEOPLE = 32
TURNS = 9
OVER_BOLT = 0.4
OVER_BARE_P50 = 50.0
GROWTH_MB = 10.0


def _bodies(number: int, rounds: int, run: str) -> list[bytes]:
    """What one person types: done, reopen, done …"""
    lines = [f"{'fait' if turn % 2 == 0 else 'rouvrir'} Chose {number:02}" for turn in range(rounds)]
    return [
        urlencode(
            {"command": "/cm", "text": line, "team_id": TEAM, "channel_id": "C0EQUIPE", "user_id": f"U{number:04}",
             "user_name": "x", "trigger_id": f"{run}-{number}-{turn}", "response_url": ""}
        ).encode()
        for turn, line in enumerate(lines)
    ]  # fmt: skip


async def _client(url: str, rounds: int, run: str) -> None:
    """The load: prints seconds and latencies as JSON."""
    fake = FakeSlack()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    took: list[float] = []

    async def one(session: aiohttp.ClientSession, number: int) -> None:
        for body in _bodies(number, rounds, run):
            since = time.perf_counter()
            async with session.post(url, data=body, headers=fake.signed(body) | form) as answer:
                await answer.read()
                assert answer.status == 200, answer.status
            took.append(time.perf_counter() - since)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=PEOPLE)) as session:
        began = time.perf_counter()
        await asyncio.gather(*(one(session, number) for number in range(PEOPLE)))
        print(json.dumps({"seconds": time.perf_counter() - began, "took": took}))


async def _load(url: str, rounds: int, run: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.slack", "--client", url, str(rounds), run]
    spent = time.process_time()
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    found = json.loads(said)
    took = sorted(found["took"])
    return {
        "rps": len(took) / found["seconds"],
        "cpu_us": (time.process_time() - spent) / len(took) * 1e6,
        "p50_ms": statistics.median(took) * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
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


async def _aiohttp(request: web.Request) -> web.Response:
    body = await request.read()
    fine = signed(SECRET, request.headers, body, time.time())
    return web.json_response({"text": "ok"}, status=200 if fine else 401)


def _bolt() -> Any:
    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_user_id="UB", bot_id="BB", bot_token="xoxb")

    app = AsyncApp(authorize=authorize, signing_secret=SECRET, process_before_response=True)

    async def command(ack: Any) -> None:
        await ack(text="ok")

    app.command("/cm")(command)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return handle


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
        settle_down()
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
        return sum(one.act in {"done", "reopen"} for one in tx.audit.latest(team.id, limit=1_000_000))

    found: int = await world.app.store.read(count)
    return found


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _growth(world: Any, slack: FakeSlack, events: int) -> float:
    """MB that so many reactions on somebody else's messages leave behind."""

    async def some(count: int, run: str) -> None:
        for number in range(count):
            event = {"type": "reaction_added", "user": "U0001", "reaction": "eyes", "event_ts": "1",
                     "item": {"type": "message", "channel": "C0AUTRE", "ts": f"{number}.1"}}  # fmt: skip
            body = {"type": "event_callback", "event_id": f"{run}{number}", "team_id": TEAM, "event": event}
            assert await world.platform.envelope({"type": "events_api", "payload": body}) is not None

    await some(1000, "warm")
    gc.collect()
    before = _resident_mb()
    await some(events, "load")
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
def _databases() -> Iterator[list[tuple[str, str]]]:
    server = Postgres(durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder, server.database() as url:
            yield [("sqlite", f"sqlite:///{Path(folder) / 'vigie.db'}"), ("postgresql", url)]
    finally:
        server.stop()


async def _beside(handler: Any, rounds: int) -> dict[str, float]:
    async with _bare(handler) as url:
        return await _load(url, rounds, "bare")


async def _run(*, full: bool) -> AsyncIterator[dict[str, Any]]:
    rounds, events = (100, 50_000) if full else (20, 5_000)
    settle_down()  # the bare ones collect their garbage as `vigie run` does
    bare = await _beside(_aiohttp, rounds * 4)
    yield {"name": "aiohttp", **bare}
    yield {"name": "machine", "cores": os.cpu_count(), "load": os.getloadavg()[0], "fsync_ms": _fsync_ms()}
    with _databases() as databases:
        for name, address in databases:
            async with _vigie(address) as (slack, world):
                await _load(slack.target, 4, "warm")
                before = await _written(world)
                bolts, mine = [await _beside(_bolt(), rounds * 2)], []
                for turn in range(TURNS):
                    mine.append(await _load(slack.target, rounds, f"load{turn}"))
                    bolts.append(await _beside(_bolt(), rounds * 2))
                written, asked = await _written(world) - before, PEOPLE * rounds * TURNS
                yield {"name": f"bolt beside {name}", **_middle(bolts)}
                for row in _rows(name, mine, bolts, bare["p50_ms"]):
                    yield row
                yield {"name": f"{name} rows", "written": written, "target": asked, "ok": written == asked}
                mb = await _growth(world, slack, events)
                yield {"name": f"{name} memory", "events": events, "mb": mb, "target": f"<= {GROWTH_MB}",
                       "ok": mb <= GROWTH_MB}  # fmt: skip


def _middle(loads: list[dict[str, float]]) -> dict[str, float]:
    return {figure: statistics.median(one[figure] for one in loads) for figure in loads[0]}


def _rows(
    name: str, mine: list[dict[str, float]], bolts: list[dict[str, float]], bare_p50: float
) -> Iterator[dict[str, Any]]:
    """Each of ours over the two of Bolt beside it."""
    beside = [(before["rps"] + after["rps"]) / 2 for before, after in pairwise(bolts)]
    ratios = [one["rps"] / bolt for one, bolt in zip(mine, beside, strict=True)]
    ratio, ours = statistics.median(ratios), _middle(mine)
    tail = ours["p99_ms"] / bare_p50
    yield {"name": f"vigie {name}", **ours}
    yield {"name": f"{name} over bolt", "ratio": ratio, "turns": [round(one, 2) for one in ratios],
           "by_cpu": _middle(bolts)["cpu_us"] / ours["cpu_us"], "target": f">= {OVER_BOLT}",
           "ok": ratio >= OVER_BOLT}  # fmt: skip
    yield {"name": f"{name} p99 over bare p50", "ratio": tail, "target": f"<= {OVER_BARE_P50}",
           "ok": tail <= OVER_BARE_P50}  # fmt: skip


def main() -> None:
    """Print one JSON object per line; exit 1 when a target is missed."""
    use_packaged_tzdata()
    if "--client" in sys.argv:
        asyncio.run(_client(sys.argv[2], int(sys.argv[3]), sys.argv[4]))
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
