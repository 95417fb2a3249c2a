"""Schedules that are due become occurrences, and occurrences become messages, in one transaction per batch.

1. Take the due schedules of all teams, earliest first, locked against other processes.
2. Compute each one's moments up to now, and its next one.
3. Store both; an occurrence that exists already is nobody's business any more.
4. Ask each new occurrence's nudge what it wants said; what goes to one destination within one window is one message.
5. Store the messages and what they owe. Nothing is sent here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.civil import instant
from bot.domain.ids import new_id
from bot.domain.posting import Delivery, Posting
from bot.domain.rhythm import next_nominal
from bot.domain.roster import roster
from bot.domain.schedule import Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.domain.roster import Roster
    from bot.domain.schedule import Schedule
    from bot.ports import Tx
    from bot.registry import Nudge, Parcel, Registry

BATCH = 500
WINDOW = timedelta(minutes=30)
"""What is due for one destination within it is one message (PRODUCT §3.3)."""
MOST_MISSED = 1000
"""Moments of one schedule that are looked at after a stop; further back only the newest matter."""


@dataclass
class _Bundle:
    """Parcels of one destination and one window, on their way to be one message."""

    roster: Roster
    due_at: datetime
    parcel: Parcel
    nudge: Nudge
    items: list[str] = field(default_factory=list)
    occurrences: list[str] = field(default_factory=list)


def plan_due(tx: Tx, registry: Registry, *, limit: int = BATCH) -> int:
    """Plan one batch; returns how many schedules were due (0: nothing is left)."""
    due = tx.schedules.due(tx.now, limit)
    if not due:
        return 0
    rosters = {team: _roster(tx, team) for team in {schedule.team for schedule in due}}
    moved, found = [], []
    for schedule in due:
        onward, moments = advance(schedule, rosters[schedule.team], tx.now)
        moved.append(onward)
        found += moments
    fresh = [one for one in tx.schedules.move_on(moved, found) if one.state == "planned"]
    for bundle in _bundles(tx, registry, rosters, fresh):
        _write(tx, bundle)
    return len(due)


def _roster(tx: Tx, team: str) -> Roster:
    found = tx.teams.get(team)
    assert found is not None, "a foreign key keeps schedules within their team"
    return roster(tx, found)


def advance(schedule: Schedule, people: Roster, now: datetime) -> tuple[Schedule, list[Occurrence]]:
    """The schedule moved past `now`, and its moments until then: the newest planned, earlier ones missed."""
    team = people.team
    nominal, moments = schedule.nominal_next, []
    while nominal is not None and instant(nominal, team.tz) <= now:
        moments.append(nominal)
        nominal = next_nominal(schedule.rhythm, team.calendar, nominal)
    found = [
        Occurrence(
            schedule.team, new_id(now), schedule.id, schedule.nudge, one, instant(one, team.tz),
            "planned" if one is moments[-1] else "missed",
        )
        for one in moments[-MOST_MISSED:]
    ]  # fmt: skip
    return replace(schedule, nominal_next=nominal, next_fire_at=nominal and instant(nominal, team.tz)), found


def _bundles(tx: Tx, registry: Registry, rosters: dict[str, Roster], fresh: Sequence[Occurrence]) -> Iterable[_Bundle]:
    """Group what the nudges want said; the nudge of the lowest rank draws the whole message."""
    bundles: list[_Bundle] = []
    known = [one for one in fresh if one.nudge in registry.nudges]
    for one in sorted(known, key=lambda one: (one.due_at, registry.nudges[one.nudge].rank)):
        people, nudge = rosters[one.team], registry.nudges[one.nudge]
        for parcel in nudge.plan(tx, people, one):
            bundle = _matching(bundles, people, parcel, one.due_at)
            if bundle is None:
                bundle = _Bundle(people, one.due_at, parcel, nudge)
                bundles.append(bundle)
            bundle.items += [item for item in parcel.items if item not in bundle.items]
            bundle.occurrences.append(one.id)
    return bundles


def _matching(bundles: Sequence[_Bundle], people: Roster, parcel: Parcel, due_at: datetime) -> _Bundle | None:
    for bundle in bundles:
        same = bundle.roster.team.id == people.team.id and bundle.parcel.destination == parcel.destination
        if same and due_at - bundle.due_at < WINDOW:
            return bundle
    return None


def _write(tx: Tx, bundle: _Bundle) -> None:
    posting = Posting(
        team=bundle.roster.team.id,
        id=new_id(tx.now),
        destination=bundle.parcel.destination,
        kind=bundle.nudge.id,
        subject=bundle.parcel.subject,
        created_at=tx.now,
    )
    tx.postings.add(posting, bundle.items, bundle.occurrences)
    tx.postings.close_older(posting)
    tx.outbox.owe([Delivery(posting.team, new_id(tx.now), posting.id, "post", bundle.due_at)])
