"""What was posted where, which items it shows, and the deliveries that bring it there and keep it current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Operation = Literal["post", "edit", "delete"]
GivenUp = Literal["failed", "unknown", "void"]


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel of the team, or a member in private: exactly one of the two ids."""

    channel: str | None = None
    member: str | None = None

    def __post_init__(self) -> None:
        if (self.channel is None) == (self.member is None):
            raise ValueError(self)


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a platform keeps a posted message: its own ids of the channel and of the message."""

    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class Posting:
    """A message of ours: rendered from the state at send time, never stored as text.

    `kind` names the nudges that draw it, lowest rank first, joined by `+`; `subject` what it speaks of (for a day's
    card, the local date). It is current when `posted_revision` equals `revision`; both start at 0 and 1.
    """

    team: str
    id: str
    destination: Destination
    kind: str
    subject: str
    created_at: datetime
    ref: Ref | None = None
    revision: int = 1
    posted_revision: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One operation that a posting owes its platform, leased to one process at a time."""

    team: str
    id: str
    posting: str
    operation: Operation
    send_after: datetime
    attempt: int = 0
    first_attempt_at: datetime | None = None


class Postings(Protocol):
    """The postings of a team; every method is scoped by it."""

    def add(self, posting: Posting, items: Sequence[str], occurrences: Sequence[str]) -> None:
        """Store a posting that shows these items, at positions 1, 2, … for ever, for these occurrences."""
        ...

    def get(self, team: str, posting: str) -> Posting | None: ...

    def at(self, team: str, ref: Ref) -> Posting | None:
        """The posting behind a platform's message."""
        ...

    def waiting(self, team: str, destination: Destination, start: datetime, end: datetime) -> Posting | None:
        """The posting for a destination that is due in [start, end] and not sent yet, if there is one."""
        ...

    def newest(self, team: str, destination: Destination, since: datetime) -> Posting | None:
        """The last posting for a destination created since then that is out."""
        ...

    def count(self, team: str, destination: Destination, start: datetime, end: datetime) -> int:
        """How many postings were or will be sent to a destination in [start, end)."""
        ...

    def ever(self, team: str, kind: str) -> bool:
        """Whether a nudge has ever had something posted, or about to be."""
        ...

    def extend(self, posting: Posting, kind: str, items: Sequence[str], occurrences: Sequence[str]) -> None:
        """Let a posting speak of more: its new kind, items at the next free positions, occurrences."""
        ...

    def items(self, team: str, posting: str) -> Sequence[tuple[int, str]]:
        """(position, item id) of a posting, by position."""
        ...

    def close_older(self, posting: Posting) -> None:
        """End the life of earlier postings of the same kind for the same destination: acts no longer edit them."""
        ...

    def touch(self, team: str, items: Sequence[str]) -> Sequence[Posting]:
        """Count one more revision of every open posting that shows one of these items, and return those."""
        ...


    def touch_one(self, team: str, posting: str) -> None:
        """Count one more revision of a posting, whatever it shows."""
        ...


class Reactions(Protocol):
    """The set of (posting, member, emoji) of a team: repeated events change nothing."""

    def add(self, team: str, posting: str, member: str, emoji: str) -> bool:
        """True if it was not there."""
        ...

    def remove(self, team: str, posting: str, member: str, emoji: str) -> bool:
        """True if it was there."""
        ...


class Outbox(Protocol):
    """Deliveries. `owe` is scoped by its rows' team; the rest is the engine's, over all teams."""

    def owe(self, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries; a posting has at most one waiting edit, so a second one is dropped."""
        ...

    def claim(self, owner: str, lease: float, now: datetime, limit: int) -> Sequence[Delivery]:
        """Lease up to `limit` deliveries that are due, or whose lease ran out, to this process for `lease` seconds.

        Leases are counted on their own clock, which is never compared with business time.
        """
        ...

    def bring_forward(self, team: str, posting: str, at: datetime) -> None:
        """Let the waiting post of a posting leave at `at` if it was to leave later."""
        ...

    def confirm(self, owner: str, delivery: Delivery, ref: Ref | None, revision: int) -> int | None:
        """Record that `revision` was carried out (`ref` for a post).

        Returns the posting's revision by now, or None if the lease was lost: then somebody else decides.
        """
        ...

    def postpone(self, owner: str, delivery: Delivery, until: datetime, error: str) -> bool:
        """Give it back for a later attempt; the attempt is counted."""
        ...

    def give_up(self, owner: str, delivery: Delivery, state: GivenUp, error: str) -> bool:
        """Record that it will not be tried again: it failed for good, nobody knows, or there is nothing to say."""
        ...

    def next_at(self) -> datetime | None:
        """The earliest instant at which a delivery can be claimed."""
        ...
