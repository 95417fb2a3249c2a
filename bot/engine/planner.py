"""Schedules that are due become occurrences, and occurrences become messages, in one transaction per batch.

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
from bot.engine.catchup import ALIVE, STOPPED, last_stop, sign_of_life
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
    """Plan one batch; what is due now is born leased, as far as the lease goes. None while another process chooses."""
    with tx.schedules.choosing() as mine:
        chosen = _ours(tx, _whole_teams(tx, limit), limit) if mine else []
    due = _batch(registry, chosen)
    return plan(tx, registry, lease, due) if due else Planned(0)


def _ours(tx: Tx, due: Sequence[Schedule], limit: int) -> Sequence[Schedule]:
    """Without the teams that another process is planning for: what has become due for them since waits until it is done
    and joins its message. A team that fills a batch by itself comes in parts anyway.
    """
    if not due or (len(due) == limit and due[0].team == due[-1].team):
        return due
    others = tx.schedules.in_hand(due)
    return [one for one in due if one.team not in others] if others else due


def _whole_teams(tx: Tx, limit: int) -> Sequence[Schedule]:
    """What is due of as many teams as fit into a batch: all that one of them hears now is one message."""
    due = tx.schedules.due(tx.now, limit + 1)
    if len(due) <= limit:
        return due
    *due, beyond = due
    if due[0].next_fire_at == beyond.next_fire_at:  # in the order of teams: one of them may be cut in two
        return due if due[-1].team != beyond.team else [one for one in due if one.team != beyond.team] or due
    whole = tx.schedules.due_of(list(dict.fromkeys(one.team for one in due)), tx.now)  # after a stop
    counts, kept, total = Counter(one.team for one in whole), set[str](), 0
    for team in dict.fromkeys(one.team for one in due):
        total += counts[team]
        if kept and total > limit:
            break
        kept.add(team)
    return [one for one in whole if one.team in kept][:limit]


def plan(tx: Tx, registry: Registry, lease: Lease, due: Sequence[Schedule]) -> Planned:
    """Plan these schedules, which are due and locked."""
    tx.facts.read([TZDATA, ALIVE, STOPPED])
    guard(tx)
    stop = sign_of_life(tx) or last_stop(tx)
    views = Views(tx, [schedule.team for schedule in due])
    moved, found = advance(due, views.places, tx.now)
    fresh = [one for one in tx.schedules.move_on(moved, found) if one.state == "planned"]
    mailbox = Mailbox(views, registry)
    for one, nudge in _in_turn(fresh, registry):
        view = views.of(one.team)
        stopped = stop is not None and stop.covers(one)
        for parcel in nudge.plan(view, one):
            mailbox.put(view, nudge, parcel, one, late=stopped)
    late = [(tx.now - one.due_at).total_seconds() for one in fresh]
    return Planned(len(due), mailbox.store(lease), late, len(found) - len(fresh))


def _in_turn(fresh: Sequence[Occurrence], registry: Registry) -> list[tuple[Occurrence, Nudge]]:
    """Each with its nudge, if there is one still: by instant, and at one instant by rank."""
    nudges = {name: registry.nudge(name) for name in {one.nudge for one in fresh}}
    known = [(one, nudge) for one in fresh if (nudge := nudges[one.nudge])]
    known.sort(key=lambda pair: (pair[0].due_at, pair[1].rank))
    return known


def _batch(registry: Registry, due: Sequence[Schedule]) -> Sequence[Schedule]:
    """Heavy schedules go first and in small numbers: they come before the day's other nudges anyway."""
    heavy = [one for one in due if (nudge := registry.nudge(one.nudge)) and nudge.heavy]
    return heavy[:HEAVY_BATCH] if heavy else due


class _Moment(NamedTuple):
    nominal: datetime
    at: datetime
    state: Literal["planned", "missed"]


@dataclass(frozen=True, slots=True)
class _Course:
    """Where a rhythm goes from one of its moments: those up to now, each with its instant and state, and the next."""

    moments: Sequence[_Moment]
    nominal_next: datetime | None
    next_fire_at: datetime | None


def advance(
    due: Sequence[Schedule], places: Mapping[str, Place], now: datetime
) -> tuple[list[Moved], list[Occurrence]]:
    """The schedules moved past `now`, and their moments until then, each planned or missed by its schedule's policy."""
    moved, moments = [], []
    for one in due:
        course = _course(one, places[one.team], now)
        moved.append(Moved(one.team, one.id, course.nominal_next, course.next_fire_at))
        moments += [(one, *moment) for moment in course.moments]
    ids = new_ids(now, len(moments))
    found = [
        Occurrence(one.team, id_, one.id, one.nudge, nominal, at, state)
        for id_, (one, nominal, at, state) in zip(ids, moments, strict=True)
    ]
    return moved, found


def _course(schedule: Schedule, place: Place, now: datetime) -> _Course:
    """Found once for all that share it.

    By the identity of the rhythm, which is cheaper than its hash: the storage gives one for each notation.
    """
    key = (id(schedule.rhythm), schedule.nominal_next, schedule.catch_up)
    course: _Course | None = place.known.get(key)
    return course or place.once(key, lambda: _found(schedule, place, now))


def _found(schedule: Schedule, place: Place, now: datetime) -> _Course:
    found: list[datetime] = []
    following = schedule.nominal_next
    while following is not None and instant(following, place.tz) <= now:
        found.append(following)
        following = next_nominal(schedule.rhythm, place.calendar, following)
    today = local(now, place.tz).date()
    match schedule.catch_up:
        case CatchUp.ALL:
            first = 0
        case CatchUp.LATEST:
            first = len(found) - 1
        case CatchUp.SKIP:
            first = len(found) - 1 if found and found[-1].date() == today else len(found)
        case _:
            assert_never(schedule.catch_up)
    moments = [
        _Moment(one, instant(one, place.tz), "planned" if number >= first else "missed")
        for number, one in enumerate(found)
    ]
    return _Course(moments[-MOST_MISSED:], following, following and instant(following, place.tz))
