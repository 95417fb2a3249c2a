"""Checklists: a run is one opening of a template; an item is one task of a run, with a start and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.record.audit import Source
    from bot.tasks.task import Closing, Task


class State(StrEnum):
    """State of an item. Acts change only `open` items; `dropped` is the work of the closing policy."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    DROPPED = "dropped"


class Item(NamedTuple):
    """Item of a checklist. `start` and `deadline` are instants (UTC); an item is late only after its deadline.

    `closed_by`, `closed_at`, `closed_via` say who settled it, when and how; `closed_on` is the posting whose reaction
    settled it, so that only the removal of that reaction reopens it. `reopened_at` is shown on the card. `later_at` is
    the instant to which its holder snoozed it, `snoozes` the number of snoozes: they move the item, never its rhythm.
    `urgent_at` is when a member marked it urgent, `heeded_at` when a person answerable for it acknowledged it: the
    urgent ladder starts with the first and stops with the second (bot.tasks.ladder). A tuple, because each click builds
    one (ADR 0013).
    """

    team: str
    id: str
    run: str
    task: Task
    start: datetime
    deadline: datetime | None
    closing: Closing
    holder: str | None = None
    state: State = State.OPEN
    closed_by: str | None = None
    closed_at: datetime | None = None
    closed_via: Source | None = None
    closed_on: str | None = None
    reopened_at: datetime | None = None
    later_at: datetime | None = None
    snoozes: int = 0
    urgent_at: datetime | None = None
    heeded_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    @property
    def is_settled(self) -> bool:
        """True when somebody did it or skipped it, which can be taken back."""
        return self.state in (State.DONE, State.SKIPPED)

    def late(self, now: datetime) -> bool:
        """Tell whether the deadline has passed with the item still open."""
        return self.is_open and self.deadline is not None and now > self.deadline


@dataclass(frozen=True, slots=True)
class Run:
    """Opening of one version of a template, unique by its nominal local date-time."""

    team: str
    id: str
    template: str
    version: int
    nominal: datetime
    opened_at: datetime


class Items(Protocol):
    """Runs and items of a team; every method is scoped by it."""

    def open_run(self, run: Run, items: Sequence[Item]) -> bool:
        """Store a run with its items in the order of the template's tasks; return False if it is stored already."""
        ...

    def get(self, team: str, item: str) -> Item | None: ...

    def many(self, team: str, items: Sequence[str]) -> Sequence[Item]:
        """Return the items that exist among these ids, in no particular order."""
        ...

    def current(self, spans: Mapping[str, tuple[datetime, datetime]]) -> Mapping[str, Sequence[Item]]:
        """Run `between` for several teams at once, each with its own span."""
        ...

    def between(self, team: str, start: datetime, end: datetime) -> Sequence[Item]:
        """Return the items started before `end` that are open, or were settled at or after `start`.

        Ordered by start, then by id.
        """
        ...

    def started_within(self, team: str, start: datetime, end: datetime) -> Sequence[Item]:
        """Return the items started in [start, end) that were not closed before `start`, in every state.

        Ordered by start, then by id.
        """
        ...

    def settle(self, after: Item, before: Item) -> bool:
        """Write `after` if the stored item still equals `before`; return False if it was changed first."""
        ...
