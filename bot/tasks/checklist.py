"""What is to be done: a run is one opening of a template, an item is one thing of it, with a start and a deadline."""

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
    """Where an item stands. Only `open` can be acted on; `dropped` is what its closing policy did."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    DROPPED = "dropped"


class Item(NamedTuple):
    """One thing to do. `start` and `deadline` are instants (UTC); nothing is late before its deadline.

    `closed_by`, `closed_at`, `closed_via` say who settled it, when and how; `closed_on` is the posting whose reaction
    did it, so that only that reaction's removal reopens it. `reopened_at` is kept for the card to say so. `later_at` is
    when its holder asked to hear of it again, `snoozes` how many times: that moves the item, never its rhythm.
    `urgent_at` is when somebody said that it cannot wait, `heeded_at` when whoever answers for it said that they have
    seen it: the urgent ladder begins with the one and ends with the other (bot.tasks.ladder). A tuple, because each
    click makes one (ADR 0013).
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
        """Whether the deadline has passed with the item still open."""
        return self.is_open and self.deadline is not None and now > self.deadline


@dataclass(frozen=True, slots=True)
class Run:
    """One opening of a version of a template, unique by its nominal local date-time."""

    team: str
    id: str
    template: str
    version: int
    nominal: datetime
    opened_at: datetime


class Items(Protocol):
    """Runs and items of a team; every method is scoped by it."""

    def open_run(self, run: Run, items: Sequence[Item]) -> bool:
        """Store a run with its items in the order of the template's tasks; False if this occurrence is open already."""
        ...

    def get(self, team: str, item: str) -> Item | None: ...

    def many(self, team: str, items: Sequence[str]) -> Sequence[Item]:
        """The items that exist among these ids, in no particular order."""
        ...

    def current(self, spans: Mapping[str, tuple[datetime, datetime]]) -> Mapping[str, Sequence[Item]]:
        """`between` for several teams at once, each with its own span."""
        ...

    def between(self, team: str, start: datetime, end: datetime) -> Sequence[Item]:
        """What matters in [start, end): items begun before `end` that are open, or were settled since `start`.

        Ordered by start, then by id.
        """
        ...

    def last_opened(self, team: str) -> datetime | None:
        """When the team's newest run opened."""
        ...

    def settle(self, after: Item, before: Item) -> bool:
        """Write an item anew if it still is as it was read (`before`); False when somebody was faster."""
        ...
