"""Schedules that are due become occurrences, and occurrences become messages, in one transaction per batch.

1. Take the due schedules of all teams, earliest first, locked against other processes.
2. Compute each one's moments up to now, and its next one.
3. Store both; an occurrence that exists already is nobody's business any more.
4. Ask each new occurrence's nudge what it wants said, and give that its place (bot.engine.grouping).
5. Store the messages and what they owe. Nothing is sent here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from bot.domain.civil import instant
from bot.domain.ids import new_id
from bot.domain.rhythm import next_nominal
from bot.domain.schedule import CatchUp, Occurrence
from bot.engine.catchup import last_stop, sign_of_life
from bot.engine.civil_change import guard
from bot.engine.grouping import Mailbox
from bot.engine.view import Views

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.calendar import WorkCalendar
    from bot.domain.posting import Delivery
    from bot.domain.rhythm import Rhythm
    from bot.domain.schedule import Schedule
    from bot.domain.team import Team
    from bot.ports import Tx
    from bot.registry import Registry

BATCH = 500
HEAVY_BATCH = 20
"""Of nudges that write a lot (a day's opening): a unit of work must not hold the writer over 50 ms."""
MOST_MISSED = 1000
"""Moments of one schedule that are looked at after a stop; further back only the newest matter."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a batch did: how many schedules were due (0: nothing is left), and the posts born leased.

    For the metrics: how late each occurrence was (seconds), and how many were missed.
    """

    due: int
    leased: Sequence[Delivery] = ()
    late: Sequence[float] = ()
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """Who takes what is planned right away: the process's name, for how many seconds, how many at most."""

    owner: str
    seconds: float
    limit: int


def plan_due(tx: Tx, registry: Registry, lease: Lease, *, limit: int = BATCH) -> Planned:
    """Plan one batch; what is due now is born leased, as far as the lease goes. Nothing while another process plans."""
    if not tx.schedules.turn():
        return Planned(0)
    due = _batch(registry, _whole_teams(tx.schedules.due(tx.now, limit), limit))
    return plan(tx, registry, lease, due) if due else Planned(0)


def _whole_teams(due: Sequence[Schedule], limit: int) -> Sequence[Schedule]:
    """Without the team that a full batch may have cut in two: what it hears at one moment is one message."""
    if len(due) < limit:
        return due
    return [one for one in due if one.team != due[-1].team] or due


def plan(tx: Tx, registry: Registry, lease: Lease, due: Sequence[Schedule]) -> Planned:
    """Plan these schedules, which are due and locked."""
    guard(tx)
    stop = sign_of_life(tx) or last_stop(tx)
    views = Views(tx, [schedule.team for schedule in due])
    moved, found = [], []
    for schedule in due:
        onward, moments = advance(schedule, views.teams[schedule.team], tx.now)
        moved.append(onward)
        found += moments
    fresh = [one for one in tx.schedules.move_on(moved, found) if one.state == "planned"]
    mailbox = Mailbox(views, registry)
    known = [(one, nudge) for one in fresh if (nudge := registry.nudge(one.nudge))]
    for one, nudge in sorted(known, key=lambda pair: (pair[0].due_at, pair[1].rank)):
        view = views.of(one.team)
        stopped = stop is not None and stop.covers(one)
        for parcel in nudge.plan(view, one):
            mailbox.put(view, nudge, parcel, one, late=stopped)
    late = [(tx.now - one.due_at).total_seconds() for one in fresh]
    return Planned(len(due), mailbox.store(lease), late, len(found) - len(fresh))


def _batch(registry: Registry, due: Sequence[Schedule]) -> Sequence[Schedule]:
    """Heavy schedules go first and in small numbers: they come before the day's other nudges anyway."""
    heavy = [one for one in due if (nudge := registry.nudge(one.nudge)) and nudge.heavy]
    return heavy[:HEAVY_BATCH] if heavy else due


def advance(schedule: Schedule, team: Team, now: datetime) -> tuple[Schedule, list[Occurrence]]:
    """The schedule moved past `now`, and its moments until then, each planned or missed by the schedule's policy."""
    if schedule.nominal_next is None:
        return schedule, []
    moments, following = _moments(schedule.rhythm, team.calendar, team.tz, schedule.nominal_next, now)
    found = []
    for one in moments[-MOST_MISSED:]:
        told = schedule.catch_up is CatchUp.ALL or (
            one is moments[-1] and (schedule.catch_up is CatchUp.LATEST or one.date() == team.today(now))
        )
        state: Literal["planned", "missed"] = "planned" if told else "missed"
        found.append(
            Occurrence(schedule.team, new_id(now), schedule.id, schedule.nudge, one, instant(one, team.tz), state)
        )
    return replace(schedule, nominal_next=following, next_fire_at=following and instant(following, team.tz)), found


@lru_cache(maxsize=4096)
def _moments(
    rhythm: Rhythm, calendar: WorkCalendar, tz: ZoneInfo, nominal: datetime, now: datetime
) -> tuple[tuple[datetime, ...], datetime | None]:
    """The nominal moments from `nominal` up to `now`, and the one after: the same for thousands of teams at 9:00."""
    found = []
    following: datetime | None = nominal
    while following is not None and instant(following, tz) <= now:
        found.append(following)
        following = next_nominal(rhythm, calendar, following)
    return tuple(found), following
