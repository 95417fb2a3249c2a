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
from bot.domain.rhythm import next_nominal
from bot.domain.roster import roster
from bot.domain.schedule import Occurrence
from bot.engine.civil_change import guard
from bot.engine.grouping import place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.posting import Destination
    from bot.domain.roster import Roster
    from bot.domain.schedule import Schedule
    from bot.ports import Tx
    from bot.registry import Nudge, Registry

BATCH = 500
MOST_MISSED = 1000
"""Moments of one schedule that are looked at after a stop; further back only the newest matter."""


@dataclass
class Bundle:
    """What several nudges want said to one destination in one window, on its way to be one message."""

    roster: Roster
    destination: Destination
    due_at: datetime
    subject: str
    nudges: list[Nudge] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    items: list[str] = field(default_factory=list)
    occurrences: list[str] = field(default_factory=list)


def plan_due(tx: Tx, registry: Registry, *, limit: int = BATCH) -> int:
    """Plan one batch; returns how many schedules were due (0: nothing is left)."""
    due = tx.schedules.due(tx.now, limit)
    if not due:
        return 0
    guard(tx)
    rosters = {team: _roster(tx, team) for team in {schedule.team for schedule in due}}
    moved, found = [], []
    for schedule in due:
        onward, moments = advance(schedule, rosters[schedule.team], tx.now)
        moved.append(onward)
        found += moments
    fresh = [one for one in tx.schedules.move_on(moved, found) if one.state == "planned"]
    for bundle in _bundles(tx, registry, rosters, fresh):
        place(tx, registry, bundle)
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


def _bundles(tx: Tx, registry: Registry, rosters: dict[str, Roster], fresh: Sequence[Occurrence]) -> list[Bundle]:
    """Group what the nudges want said, in the order in which it is due and of the nudges' ranks."""
    bundles: list[Bundle] = []
    known = [(one, nudge) for one in fresh if (nudge := registry.nudge(one.nudge))]
    for one, nudge in sorted(known, key=lambda pair: (pair[0].due_at, pair[1].rank)):
        people = rosters[one.team]
        for parcel in nudge.plan(tx, people, one):
            bundle = _matching(tx, bundles, people, parcel.destination, one.due_at)
            if bundle is None:
                bundle = Bundle(people, parcel.destination, one.due_at, parcel.subject)
                bundles.append(bundle)
            bundle.nudges.append(nudge)
            bundle.kinds.add(nudge.id)
            bundle.items += [item for item in parcel.items if item not in bundle.items]
            bundle.occurrences.append(one.id)
    return bundles


def _matching(
    tx: Tx, bundles: Sequence[Bundle], people: Roster, destination: Destination, due_at: datetime
) -> Bundle | None:
    window = timedelta(minutes=tx.catalogue(people.team.id).defaults.limits.window_minutes)
    for bundle in bundles:
        same = bundle.roster.team.id == people.team.id and bundle.destination == destination
        if same and due_at - bundle.due_at < window:
            return bundle
    return None
