"""How long a platform that paces us takes for what is due, beside the floor that its pace sets; nothing twice.

    python -m tests.benchmarks.pace --json [--full]

`bot`: 45 a second for the whole bot (Discord). `channel`: 1 a second in each of 50 channels (Slack), first those of one
channel, then those of the next. The short form has a fifth of the 2,000 messages at the same pace; `--full` all.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from bot.cli import _compose
from bot.clock import SystemClock
from bot.engine.posting import Delivery, Destination, NewPosting, Posting, Ref
from bot.engine.sender import LEASE
from bot.ids import new_id
from bot.message import Message, Text
from bot.registry import Nudge, Registry
from bot.teams.member import Identity, Member
from bot.teams.team import Installation, Team
from bot.zones import use_packaged_tzdata
from tests.fakes.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.engine.posting import Card
    from bot.engine.view import View
    from bot.ports import Address, Tx

MOST = 1.15
DUE = 2000
SHORT = 5
"""The short form has one message where the full one has so many."""
A_SECOND = 45.0
CHANNELS = 50
ANSWER = 0.05
"""Seconds that the platform takes for each call, beside its pace."""
TEAMS = 10


class Paced:
    """Lets calls start at a pace, for the whole bot or for each channel (port: bot.ports.Transport)."""

    name = "console"

    def __init__(self, pace: str) -> None:
        self._each = 1 / A_SECOND if pace == "bot" else 1.0
        self._whole = pace == "bot"
        self._turns: dict[str, float] = {}
        self.posted: Counter[str] = Counter()
        self.looked_up = 0

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        await self._turn("" if self._whole else str(to.member))
        self.posted[key] += 1
        await asyncio.sleep(ANSWER)
        return Ref(str(to.member), key)

    async def _turn(self, place: str) -> None:
        now = asyncio.get_running_loop().time()
        mine = max(now, self._turns.get(place, now))
        self._turns[place] = mine + self._each
        await asyncio.sleep(mine - now)

    async def edit(self, ref: Ref, message: Message) -> None: ...

    async def delete(self, ref: Ref) -> None: ...

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        self.looked_up += 1
        return None

    def budget(self, seconds: float) -> int:
        return max(1, int(seconds / self._each) * (1 if self._whole else CHANNELS))


@dataclass(frozen=True)
class Row:
    """One line of the table. Times in seconds; `scaled` is the share of the full form's messages."""

    db: str
    pace: str
    due: int
    scaled: float
    vigie_s: float
    floor_s: float
    over_floor: float
    doubled: int
    missing: int
    lease_lost: int
    looked_up: int
    target: str
    ok: bool


def registry() -> Registry:
    """One nudge, which says its subject."""

    def render(_view: View, card: Card) -> Message:
        return Message((Text((card.posting.subject,)),), card.posting.subject)

    return Registry(nudges={"task": Nudge("task", 10, lambda *_: (), render)})


def fill(tx: Tx, pace: str, due: int) -> None:
    """So many messages, all due now: one to each reader, or many to each of `CHANNELS` readers, one after another."""
    teams = [Team(new_id(tx.now), f"team {n}") for n in range(TEAMS if pace == "bot" else 1)]
    for team in teams:
        tx.teams.add(team, Installation(team.id, "console", team.id))
    readers = []
    for n in range(due if pace == "bot" else CHANNELS):
        readers.append(Member(teams[n % len(teams)].id, new_id(tx.now), f"reader {n}"))
        tx.members.add(readers[-1], Identity(readers[-1].team, readers[-1].id, "console", f"reader-{n}"))
    each = due // len(readers)
    postings = [
        Posting(one.team, new_id(tx.now), Destination(member=one.id), "task", f"{n}", tx.now)
        for one in readers
        for n in range(each)
    ]
    tx.postings.add_many([NewPosting(one) for one in postings])
    tx.outbox.owe([Delivery(one.team, new_id(tx.now), one.id, "post", tx.now) for one in postings])


async def measure(db: str, address: str, pace: str, due: int) -> Row:
    """Send what is due as the product would, and count."""
    platform = Paced(pace)
    setattr(_compose, "load_registry", registry)  # noqa: B010  # the product has no other way in
    app = _compose.compose(address, SystemClock(), [platform])
    try:
        await app.store.write(lambda tx: fill(tx, pace, due))
        with capture_logs() as logs:
            begin = time.perf_counter()
            await app.engine.settle()
            spent = time.perf_counter() - begin
    finally:
        await app.store.close()
    steps = due - 1 if pace == "bot" else due // CHANNELS - 1
    floor = steps * (1 / A_SECOND if pace == "bot" else 1.0) + ANSWER
    lost = sum(one["event"] == "lease lost" for one in logs)
    doubled, missing = sum(platform.posted.values()) - len(platform.posted), due - len(platform.posted)
    ok = spent <= MOST * floor and not (doubled or missing or lost or platform.looked_up)
    return Row(
        db, pace, due, due / DUE, round(spent, 2), round(floor, 2), round(spent / floor, 3), doubled, missing, lost,
        platform.looked_up, f"<= {MOST} x floor, none doubled, missing or lost (lease {LEASE:.0f} s)", ok,
    )  # fmt: skip


def _databases() -> Iterator[tuple[str, str]]:
    """A fresh one of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        yield "sqlite", f"sqlite:///{folder}/vigie.db"
    server = Postgres(durable=True)
    try:
        yield "postgresql", server.new()
    finally:
        server.stop()


def main() -> None:
    """Print one JSON object per line; exit 1 when a target is missed."""
    use_packaged_tzdata()
    due = DUE if "--full" in sys.argv else DUE // SHORT
    fine = True
    for pace in ("bot", "channel"):
        for db, address in _databases():
            row = asyncio.run(measure(db, address, pace, due))
            print(json.dumps(asdict(row)), flush=True)
            fine &= row.ok
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
