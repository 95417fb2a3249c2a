"""Turn due schedules into occurrences, and occurrences into messages, in one transaction per batch.

1. Take the due schedules of whole teams, earliest first, locked against other processes.
2. Compute each one's moments up to now, and its next one.
3. Store both; an occurrence that exists already is nobody's business any more.
4. Ask each new occurrence's nudge what it wants said, and give that its place (bot.engine.grouping).
5. Store the messages and what they owe. Nothing is sent here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, assert_never

from bot.civil import instant, local
from bot.engine.catchup import ALIVE, STOPPED, sign_of_life, stops
from bot.engine.grouping import Mailbox
from bot.engine.rhythm import next_nominal
from bot.engine.schedule import CatchUp, Moved, Occurrence
from bot.engine.tzdata_change import TZDATA, guard
from bot.engine.view import Views
from bot.ids import new_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.engine.posting import Delivery
    from bot.engine.schedule import Schedule
    from bot.engine.view import Place
    from bot.ports import Tx
    from bot.registry import Nudge, Registry

BATCH = 1500
HEAVY_BATCH = 20
"""Of nudges that write a lot (a day's opening): a unit of work must not hold the writer over 50 ms."""
MOST_MISSED = 1000
"""Moments of one schedule that are looked at after a stop; further back only the newest matter."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Result of a batch: how many schedules were due (0: nothing is left), and the posts born leased.

    For the metrics: how late each occurrence was (seconds), and how many were missed.
    """

    due: int
    leased: Sequence[Delivery] = ()
    late: Sequence[float] = ()
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """Terms on which a process takes what is planned: its name, for how many seconds, how many at most."""

    owner: str
    seconds: float
    limit: int


def plan_due(tx: Tx, registry: Registry, lease: Lease, *, limit: int = BATCH) -> Planned:
    """Plan one batch, born leased as far as the lease goes; nothing while another process chooses."""
    with tx.schedules.choosing() as is_ours:
        chosen = _drop_teams_in_hand(tx, _select_whole_teams(tx, limit), limit) if is_ours else []
    due = _prefer_heavy(registry, chosen)
    return plan(tx, registry, lease, due) if due else Planned(0)


def _drop_teams_in_hand(tx: Tx, due: Sequence[Schedule], limit: int) -> Sequence[Schedule]:
    """Drop the teams that another process is planning for.

    What has become due for them since waits until it is done and joins its message. A team that fills a batch by itself
    comes in parts anyway.
    """
    if not due or (len(due) == limit and due[0].team == due[-1].team):
        return due
    busy_teams = tx.schedules.in_hand(due)
    return [schedule for schedule in due if schedule.team not in busy_teams] if busy_teams else due


def _select_whole_teams(tx: Tx, limit: int) -> Sequence[Schedule]:
    """Select what is due of as many teams as fit into a batch: all that a team hears now is one message."""
    due = tx.schedules.due(tx.now, limit + 1)
    if len(due) <= limit:
        return due
    *due, beyond = due
    if due[0].next_fire_at == beyond.next_fire_at:  # in the order of teams: one of them may be cut in two
        return [schedule for schedule in due if schedule.team != beyond.team] or due
    of_teams = tx.schedules.due_of(list(dict.fromkeys(schedule.team for schedule in due)), tx.now)  # after a stop
    counts, kept, total = Counter(schedule.team for schedule in of_teams), set[str](), 0
    for team in dict.fromkeys(schedule.team for schedule in due):
        total += counts[team]
        if kept and total > limit:
            break
        kept.add(team)
    return [schedule for schedule in of_teams if schedule.team in kept][:limit]


def plan(tx: Tx, registry: Registry, lease: Lease, due: Sequence[Schedule]) -> Planned:
    """Plan these schedules, which are due and locked."""
    tx.facts.read([TZDATA, ALIVE, STOPPED])
    guard(tx)
    sign_of_life(tx)
    past_stops = stops(tx)
    views = Views(tx, [schedule.team for schedule in due])
    moved, occurrences = advance(due, views.places, tx.now)
    fresh = [occurrence for occurrence in tx.schedules.move_on(moved, occurrences) if occurrence.state == "planned"]
    mailbox = Mailbox(views, registry)
    for occurrence, nudge in _pair_with_nudges(fresh, registry):
        view = views.of(occurrence.team)
        stopped = any(stop.covers(occurrence) for stop in past_stops)
        for parcel in nudge.plan(view, occurrence):
            mailbox.put(view, nudge, parcel, occurrence, late=stopped)
    late = [(tx.now - occurrence.due_at).total_seconds() for occurrence in fresh]
    return Planned(len(due), mailbox.store(lease), late, len(occurrences) - len(fresh))


def _pair_with_nudges(fresh: Sequence[Occurrence], registry: Registry) -> list[tuple[Occurrence, Nudge]]:
    """Pair each occurrence with its nudge, if it still exists: by instant, then by rank."""
    nudges = {name: registry.nudge(name) for name in {occurrence.nudge for occurrence in fresh}}
    pairs = [(occurrence, nudge) for occurrence in fresh if (nudge := nudges[occurrence.nudge])]
    pairs.sort(key=lambda pair: (pair[0].due_at, pair[1].rank))
    return pairs


def _prefer_heavy(registry: Registry, due: Sequence[Schedule]) -> Sequence[Schedule]:
    """Prefer a few heavy schedules, if there are any: they come before the day's other nudges anyway."""
    heavy = [schedule for schedule in due if (nudge := registry.nudge(schedule.nudge)) and nudge.heavy]
    return heavy[:HEAVY_BATCH] if heavy else due


class _Moment(NamedTuple):
    nominal: datetime
    at: datetime
    state: Literal["planned", "missed"]


@dataclass(frozen=True, slots=True)
class _Course:
    """Moments of a rhythm up to now, each with its instant and state, and the next one."""

    moments: Sequence[_Moment]
    nominal_next: datetime | None
    next_fire_at: datetime | None


def advance(
    due: Sequence[Schedule], places: Mapping[str, Place], now: datetime
) -> tuple[list[Moved], list[Occurrence]]:
    """Move the schedules past `now`; return them with their moments until then, each planned or missed by policy."""
    moved, moments = [], []
    for schedule in due:
        course = _get_course(schedule, places[schedule.team], now)
        moved.append(Moved(schedule.team, schedule.id, course.nominal_next, course.next_fire_at))
        moments += [(schedule, *moment) for moment in course.moments]
    ids = new_ids(now, len(moments))
    occurrences = [
        Occurrence(schedule.team, id_, schedule.id, schedule.nudge, nominal, at, state)
        for id_, (schedule, nominal, at, state) in zip(ids, moments, strict=True)
    ]
    return moved, occurrences


def _get_course(schedule: Schedule, place: Place, now: datetime) -> _Course:
    """Get the course of a schedule, derived once for all that share it.

    By the identity of the rhythm, which is cheaper than its hash: the storage gives one for each notation.
    """
    key = (id(schedule.rhythm), schedule.nominal_next, schedule.catch_up)
    course: _Course | None = place.cache.get(key)
    return course or place.once(key, lambda: _derive_course(schedule, place, now))


def _derive_course(schedule: Schedule, place: Place, now: datetime) -> _Course:
    moments: list[datetime] = []
    following = schedule.nominal_next
    while following is not None and instant(following, place.tz) <= now:
        moments.append(following)
        following = next_nominal(schedule.rhythm, place.calendar, following)
    today = local(now, place.tz).date()
    match schedule.catch_up:
        case CatchUp.ALL:
            first = 0
        case CatchUp.LATEST:
            first = len(moments) - 1
        case CatchUp.SKIP:
            first = len(moments) - 1 if moments and moments[-1].date() == today else len(moments)
        case _:
            assert_never(schedule.catch_up)
    states = [
        _Moment(nominal, instant(nominal, place.tz), "planned" if number >= first else "missed")
        for number, nominal in enumerate(moments)
    ]
    return _Course(states[-MOST_MISSED:], following, following and instant(following, place.tz))
