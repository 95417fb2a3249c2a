"""The product over a database with so many schedules, of which so many are due: as `vigie run` composes it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from bot.cli._compose import compose
from bot.clock import VirtualClock
from bot.domain.posting import Confirmation, Destination, Ref
from bot.engine.engine import Engine
from bot.engine.metrics import NoMetrics
from bot.engine.planner import Lease, plan_due
from bot.engine.sender import Sender
from bot.message import Message, Text
from bot.ports import Address, Capabilities
from bot.registry import Nudge, Parcel, Registry
from storage import schema as s

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.cli._compose import App
    from bot.domain.schedule import Occurrence
    from bot.engine.view import View
    from storage.store import SqlStore

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 9:00 in Paris
LATER = NOW + timedelta(days=30)
NOMINAL = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001  # nominal local moments are naive


class NoopPlatform:
    """Takes every message at once."""

    name = "console"
    capabilities = Capabilities(buttons=True, edits=True)

    async def start(self, receive: object) -> None: ...

    async def stop(self) -> None: ...

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        return Ref(to.channel or to.member or "", key)

    async def edit(self, ref: Ref, message: Message) -> None: ...

    async def delete(self, ref: Ref) -> None: ...

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        return None

    def budget(self, seconds: float) -> int:
        return 100_000


@dataclass
class Marks:
    """What was counted beside the time."""

    statements: int = 0
    gap_ms: float = 0.0
    idle_ms: float = 0.0


def identifier(prefix: str, number: int) -> str:
    """22 characters that sort like the numbers."""
    return f"{prefix}{number:0{22 - len(prefix)}d}"


def fill(store: SqlStore, due: int, stored: int) -> None:
    """One team per due schedule with a channel, a member and a role; the other schedules belong to the first team."""
    teams = [identifier("T", n) for n in range(due)]
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        s.teams: [
            {
                "id": team, "name": team, "language": "fr", "zone": "Europe/Paris", "country": "FR",
                "working_days": "12345", "opens": _hour(9), "closes": _hour(18), "whit_monday": True, "formal": False,
                "home": identifier("C", n), "ready": True,
            }
            for n, team in enumerate(teams)
        ],
        s.installations: [{"team_id": one, "platform": "console", "external_id": one} for one in teams],
        s.channels: [
            {"team_id": one, "id": identifier("C", n), "external_id": one, "name": "x"} for n, one in enumerate(teams)
        ],
        s.members: [
            {"team_id": one, "id": identifier("M", n), "name": "Léa", "permission": "lead", "active": True}
            for n, one in enumerate(teams)
        ],
        s.identities: [
            {"team_id": one, "member_id": identifier("M", n), "platform": "console", "external_id": one}
            for n, one in enumerate(teams)
        ],
        s.holdings: [
            {
                "team_id": one, "id": identifier("H", n), "role": "veille", "member_id": identifier("M", n),
                "kind": "holder",
            }
            for n, one in enumerate(teams)
        ],
        s.schedules: [_schedule(teams[n], n, NOW) for n in range(due)]
        + [_schedule(teams[0], n, LATER) for n in range(due, stored)],
    }  # fmt: skip
    with store.engines.write.begin() as connection:
        for table, some in rows.items():
            for begin in range(0, len(some), 20_000):
                connection.execute(sa.insert(table), some[begin : begin + 20_000])
    with store.engines.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _hour(hour: int) -> Any:
    return datetime(2026, 1, 1, hour).time()  # noqa: DTZ001


def _schedule(team: str, number: int, at: datetime) -> dict[str, Any]:
    return {
        "team_id": team, "id": identifier("S", number), "nudge": f"bench{number}", "rhythm": "daily@09:00!skip",
        "zone": "Europe/Paris", "fingerprint": "", "nominal_next": NOMINAL, "next_fire_at": at, "version": 1,
        "catch_up": "latest",
    }  # fmt: skip


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


async def run(kind: str, address: str, due: int, stored: int) -> tuple[float, Marks]:
    """Seconds until everything due is confirmed, on a fresh database; the rows are counted afterwards."""
    app = compose(address, VirtualClock(NOW), [NoopPlatform()])
    platform, metrics = NoopPlatform(), NoMetrics()
    engine = Engine(
        app.store,
        registry(kind),
        app.pipeline.clock,
        Sender(app.store, registry(kind), {platform.name: platform}, "bench", metrics),
        metrics,
    )
    try:
        fill(app.store, due, stored)
        marks = Marks(idle_ms=await _idle())
        event.listen(app.store.engines.write, "before_cursor_execute", _counter(marks))
        if app.store.engines.read is not app.store.engines.write:
            event.listen(app.store.engines.read, "before_cursor_execute", _counter(marks))
        watching = asyncio.create_task(_watch(marks))
        begin = time.perf_counter()
        await (engine.settle() if kind == "whole" else _ticks(app, due))
        spent = time.perf_counter() - begin
        watching.cancel()
        _count(app, due)
        return spent, marks
    finally:
        await app.store.close()


async def _ticks(app: App, due: int) -> None:
    """Plan, and confirm what was planned without drawing or calling anything."""
    lease, made = Lease("bench", 120, 100_000), registry("tick")
    while True:
        planned = await app.store.write(lambda tx: plan_due(tx, made, lease), batch=True)
        if not planned.due:
            return
        done = [Confirmation(one, Ref("c", one.posting), 1) for one in planned.leased]
        await app.store.write(lambda tx, done=done: tx.outbox.confirm_many("bench", done))  # type: ignore[misc]


def _count(app: App, due: int) -> None:
    with app.store.engines.read.connect() as connection:
        sent = connection.execute(sa.select(sa.func.count()).where(s.deliveries.c.state == "sent")).scalar_one()
        planned = connection.execute(sa.select(sa.func.count()).select_from(s.occurrences)).scalar_one()
    assert (sent, planned) == (due, due), (sent, planned, due)


def _counter(marks: Marks) -> Any:
    def count(*_: object) -> None:
        marks.statements += 1

    return count


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
