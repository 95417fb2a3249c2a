"""Teams in several zones with reminders that recur or stand alone, and the oracle that knows when each is expected.

As in Jepsen's test of Chronos: the expected moments of every schedule are derived apart from the product, from its
local times by plain calendar arithmetic, and matched with what the chat ended up with.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.clock import whole_ms
from bot.engine.posting import Delivery, Destination, NewPosting, Posting
from bot.engine.rhythm import Closed, Daily, Rhythm
from bot.engine.schedule import CatchUp, Schedule
from bot.ids import new_id
from bot.message import Message, Text
from bot.registry import Nudge, Parcel, Registry
from bot.teams.member import Identity, Member
from bot.teams.team import Installation, Team
from bot.zones import fingerprint
from tests.chaos.chat import NAME
from tests.chaos.clock import START

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping, Sequence

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.ports import Tx
    from tests.chaos.chat import Posted
    from tests.chaos.clock import FastClock

ZONES = ("Europe/Paris", "America/Toronto", "Asia/Kathmandu", "Pacific/Auckland", "America/St_Johns")
SCHEDULES = 10
"""Of each team; each speaks to a member of its own."""
MOMENTS = 4
"""Of each schedule in the span."""
ALONE = 10
"""Reminders of each team that were asked for once."""
OF_A_TEAM = SCHEDULES * MOMENTS + ALONE
LATE = 5.0
"""Real seconds after which a reminder counts as late."""


def fill(tx: Tx, reminders: int, minutes: int, chance: random.Random) -> dict[str, datetime]:
    """Store teams with about so many reminders within the minutes after `START`; returns when each is expected.

    A reminder is known by its schedule's name and local time, or by its own name.
    """
    expected: dict[str, datetime] = {}
    for number in range(max(1, reminders // OF_A_TEAM)):
        team = Team(new_id(START), f"team {number}", zone=ZONES[number % len(ZONES)])
        tx.teams.add(team, Installation(team.id, NAME, f"workspace-{number}"))
        readers = [Member(team.id, new_id(START), f"m{n}") for n in range(SCHEDULES)]
        for n, reader in enumerate(readers):
            tx.members.add(reader, Identity(team.id, reader.id, NAME, f"m-{number}-{n}"))
            expected |= _recurring(tx, team, f"t{number}n{n}.{reader.id}", minutes, chance)
        for n in range(ALONE):
            name, at = f"t{number}a{n}", START + timedelta(seconds=chance.uniform(60, minutes * 60))
            expected[name] = whole_ms(at)
            _alone(tx, readers[n], name, whole_ms(at))
    return expected


def _recurring(tx: Tx, team: Team, name: str, minutes: int, chance: random.Random) -> dict[str, datetime]:
    zone = ZoneInfo(team.zone)
    moments = [START + timedelta(minutes=n) for n in sorted(chance.sample(range(1, minutes), MOMENTS))]
    there = [moment.astimezone(zone).replace(tzinfo=None) for moment in moments]
    tx.schedules.put(
        Schedule(
            team.id, new_id(START), name, Rhythm(Daily(), tuple(sorted(one.time() for one in there)), Closed.KEEP),
            team.zone, fingerprint(team.zone), there[0], moments[0], catch_up=CatchUp.ALL,
        )
    )  # fmt: skip
    return {f"{name}@{one:%H:%M}": moment for one, moment in zip(there, moments, strict=True)}


def _alone(tx: Tx, reader: Member, name: str, at: datetime) -> None:
    posting = Posting(reader.team, new_id(START), Destination(member=reader.id), "task", name, START)
    tx.postings.add_many([NewPosting(posting)])
    tx.outbox.owe([Delivery(reader.team, new_id(START), posting.id, "post", at)])


def registry() -> Registry:
    """One nudge, which says which reminders it speaks of."""
    return Registry(nudges={"task": Nudge("task", 10, _plan, _render, on_request=True)})


def _plan(_view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    yield Parcel(Destination(member=occurrence.nudge.partition(".")[2]), "")


def _render(view: View, card: Card) -> Message:
    posting = card.posting
    spoken = [f"{one.nudge}@{one.nominal:%H:%M}" for one in view.tx.postings.occurrences(posting.team, posting.id)]
    names = [posting.subject, *spoken] if posting.subject else spoken
    return Message(tuple(Text((name,)) for name in names), names[0])


@dataclass(frozen=True)
class Verdict:
    """What came of it. `late`: how many came more than `LATE` real seconds after their moment."""

    expected: int
    sent: int
    missing: Sequence[str]
    extra: Mapping[str, int]
    late: int
    median_s: float
    latest_s: float

    @property
    def fine(self) -> bool:
        return not self.missing and not self.extra

    def figures(self) -> dict[str, Any]:
        return {
            "expected": self.expected, "sent": self.sent, "missing": len(self.missing),
            "extra": sum(self.extra.values()), "late": self.late, "late_median_s": round(self.median_s, 2),
            "latest_s": round(self.latest_s, 2),
        }  # fmt: skip


def judge(expected: Mapping[str, datetime], chat: Sequence[Posted], clock: FastClock) -> Verdict:
    """Match what the chat has with what was expected: each reminder in exactly one message, and nothing else.

    One that only an edit brought is missing: it notified nobody.
    """
    seen = Counter(name for one in chat for name in one.text.splitlines())
    first: dict[str, float] = {}
    for one in chat:
        for name, at in one.since.items():
            first[name] = min(at, first.get(name, at))
    delays = [max(0.0, at - clock.real(expected[name])) for name, at in first.items() if name in expected]
    too_early = {name for name, at in first.items() if name in expected and at < clock.real(expected[name]) - 0.01}
    extra = {name: count - (name in expected) for name, count in seen.items() if count > (name in expected)}
    extra |= {f"{name} (too early)": 1 for name in too_early}
    missing = sorted(set(expected).difference(*(posted.notified for posted in chat)))
    late = sum(delay > LATE for delay in delays)
    return Verdict(
        len(expected), sum(seen.values()), missing, extra, late, median(delays or [0.0]), max(delays, default=0.0)
    )
