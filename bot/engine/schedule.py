"""Schedules and their occurrences. An occurrence is one schedule at one nominal local moment: it exists once."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from bot.engine.rhythm import Rhythm


class CatchUp(StrEnum):
    """Policy for moments that went by during a stop. Those that are not spoken of are recorded as missed.

    SKIP: the newest is spoken of, on its own day only. LATEST: the newest, whenever that was: an older one is past its
    own period, because the next one has come. ALL: every one of them, in one message.
    """

    SKIP = "skip"
    LATEST = "latest"
    ALL = "all"


class Schedule(NamedTuple):
    """When a nudge of a team recurs: a tuple, because a tick reads thousands (ADR 0010).

    `nominal_next` is the next moment on the wall clock of `zone` (naive), `next_fire_at` the instant it stands for
    (None when there is none left), `fingerprint` what the zone meant when that was computed.
    """

    team: str
    id: str
    nudge: str
    rhythm: Rhythm
    zone: str
    fingerprint: str
    nominal_next: datetime | None
    next_fire_at: datetime | None
    version: int = 1
    catch_up: CatchUp = CatchUp.LATEST


class Moved(NamedTuple):
    """A schedule's key and where it stands after its due moments: a tuple, because a tick makes thousands."""

    team: str
    id: str
    nominal_next: datetime | None
    next_fire_at: datetime | None


class Occurrence(NamedTuple):
    """One schedule at one nominal local date-time; `due_at` is its instant. A tuple, as :class:`Moved`."""

    team: str
    id: str
    schedule: str
    nudge: str
    nominal: datetime
    due_at: datetime
    state: Literal["planned", "missed"] = "planned"

    def as_missed(self) -> Occurrence:
        """Return the same moment, only recorded."""
        return self._replace(state="missed")


class Schedules(Protocol):
    """Schedules of a team (scoped), and the engine's view over all of them (`due`, `move_on`, `next_fire_at`)."""

    def put(self, schedule: Schedule) -> None:
        """Store a schedule, replacing the one of the same nudge."""
        ...

    def teams_without(self, nudge: str, *, with_template: bool, after: str, limit: int) -> Sequence[str]:
        """Find the ready teams, by id from after `after`, that have schedules to come and none of this nudge.

        `with_template`: only those with an active, recurring template of the nudge's name.
        """
        ...

    def add_new(self, schedules: Sequence[Schedule]) -> Sequence[Schedule]:
        """Store the schedules whose team has none of that nudge; returns those."""
        ...

    def remove(self, team: str, nudge: str) -> bool:
        """Stop a nudge of the team, with its occurrences; False if it had none."""
        ...

    def all(self, team: str) -> Sequence[Schedule]:
        """The schedules of a team; one that cannot be read is left out."""
        ...

    def history(self, team: str, state: Literal["planned", "missed"]) -> Sequence[Occurrence]:
        """A team's occurrences in a state, earliest first."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[Schedule]:
        """The schedules of every team whose instant has come, earliest first, locked against other processes."""
        ...

    def due_of(self, teams: Sequence[str], now: datetime) -> Sequence[Schedule]:
        """All of these teams' schedules whose instant has come, as `due` gives them."""
        ...

    def turn(self) -> bool:
        """Take the turn to choose what to plan, until the end of this unit of work; False while another process has it.

        Two that choose at once would part what one team hears at one moment.
        """
        ...

    def choosing(self) -> AbstractContextManager[bool]:
        """Take the turn until the end of the block."""
        ...

    def in_hand(self, due: Sequence[Schedule]) -> Collection[str]:
        """The teams of these schedules, all that this unit of work has locked of them, of which another process has
        some that are due no later than the last of these.
        """
        ...

    def due_keys(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """(team, schedule) of what is due, earliest first, whether it can be read or not."""
        ...

    def due_one(self, team: str, schedule: str, now: datetime) -> Schedule | None:
        """One schedule, locked; None when it is not due any more or another process has it."""
        ...

    def park(self, team: str, schedule: str) -> bool:
        """Let a schedule never be due again, until it is put anew; False if there is none."""
        ...

    def move_on(self, moved: Sequence[Schedule | Moved], occurrences: Sequence[Occurrence]) -> Sequence[Occurrence]:
        """Store the schedules' next moments and insert the occurrences; returns those that did not exist yet."""
        ...

    def zones(self) -> Sequence[tuple[str, str]]:
        """Every (zone, fingerprint) that schedules of any team were computed with."""
        ...

    def in_zones(self, zones: Sequence[str]) -> Sequence[Schedule]:
        """The schedules of every team in these zones; those that cannot be read are left out."""
        ...

    def rewrite(self, schedules: Sequence[Schedule]) -> None:
        """Store new instants and fingerprints of existing schedules."""
        ...

    def forget_spent(self, beginning: str) -> int:
        """Drop the schedules of every team whose nudge begins so and that have no moment left; returns how many."""
        ...

    def next_fire_at(self) -> datetime | None:
        """The earliest instant of any schedule."""
        ...
