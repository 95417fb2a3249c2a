"""Postings: what was posted where, which items it shows, and the deliveries that bring it there and keep it current."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from bot.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.engine.schedule import Occurrence
    from bot.tasks.checklist import Item

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
    """The place of a posted message on its platform: its own ids of the channel and of the message.

    `team` is the platform's id of the team, for calls that need it; it is no part of what the reference is.
    """

    channel: str
    message: str
    team: str = field(default="", compare=False, repr=False)


class Posting(NamedTuple):
    """A message of ours: rendered from the state at send time, never stored as text. A tuple (ADR 0010).

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


class Delivery(NamedTuple):
    """One operation that a posting owes its platform, leased to one process at a time.

    Like what goes with it, a tuple, because a tick makes thousands.
    """

    team: str
    id: str
    posting: str
    operation: Operation
    send_after: datetime
    attempt: int = 0
    first_attempt_at: datetime | None = None


def edit_of(team: str, posting: str, now: datetime) -> Delivery:
    """Build the edit of a posting, due now."""
    return Delivery(team, new_id(now), posting, "edit", now)


class NewPosting(NamedTuple):
    """A posting to store, with the items that it shows, at positions 1, 2, … for ever, and its occurrences."""

    posting: Posting
    items: tuple[str, ...] = ()
    occurrences: tuple[str, ...] = ()


class Mail(NamedTuple):
    """A posting with when its post leaves or left, and where that stands.

    That is `ready`, `tried` (attempted, and waiting for another attempt), `sending` or `sent`. Only a ready one may be
    joined: one that was tried may be there already, and what is added to it would notify nobody.
    """

    posting: Posting
    send_after: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Card:
    """A posting with the items that it shows, as they are now, by position."""

    posting: Posting
    items: tuple[tuple[int, Item], ...] = ()

    def of(self, *keys: str) -> list[Item]:
        """The items of these tasks."""
        return [item for _, item in self.items if item.task.key in keys]

    @property
    def still_mine(self) -> list[Item]:
        """Items of a private message that are still open and still its reader's."""
        return [item for _, item in self.items if item.is_open and item.holder == self.posting.destination.member]


class Confirmation(NamedTuple):
    """A delivery that was carried out: where the message is (for a post), and the revision that it shows."""

    delivery: Delivery
    ref: Ref | None
    revision: int


class Postings(Protocol):
    """The postings of a team; every method is scoped by it."""

    def add_many(self, postings: Sequence[NewPosting]) -> None:
        """Store postings of any teams with what they show."""
        ...

    def mail(self, since: Mapping[str, datetime]) -> Sequence[Mail]:
        """Of each of these teams, the postings whose post leaves or left since that instant, oldest first."""
        ...

    def cards(self, postings: Sequence[tuple[str, str]]) -> Sequence[Card]:
        """The cards of (team, posting) pairs, in no particular order; those that do not exist are left out."""
        ...

    def get(self, team: str, posting: str) -> Posting | None: ...

    def at(self, team: str, ref: Ref) -> Posting | None:
        """The posting behind a platform's message."""
        ...

    def mail_to(self, team: str, destination: Destination, start: datetime, end: datetime) -> Sequence[Mail]:
        """The postings for one destination whose post leaves or left in [start, end], by when."""
        ...

    def occurrences(self, team: str, posting: str) -> Sequence[Occurrence]:
        """The occurrences that a posting speaks of, earliest first."""
        ...

    def out(self, team: str, limit: int) -> Sequence[Posting]:
        """The newest postings that are out, newest first."""
        ...

    def newest(self, team: str, kind: str) -> Posting | None:
        """The newest posting of exactly this kind."""
        ...

    def ever(self, team: str, kind: str) -> bool:
        """Tell whether a nudge has ever had something posted, or about to be."""
        ...

    def extend(self, posting: Posting, kind: str, items: Sequence[str], occurrences: Sequence[str]) -> bool:
        """Let a posting speak of more: its new kind, items at the next free positions, occurrences.

        Counts one more revision. True when it is out (by now: another process may have sent it a moment ago), and is
        owed an edit; otherwise whoever is sending it finds out when confirming.
        """
        ...

    def items(self, team: str, posting: str) -> Sequence[tuple[int, str]]:
        """(position, item id) of a posting, by position."""
        ...

    def show_again(self, team: str, items: Sequence[str]) -> None:
        """Count one more revision of every current posting that shows one of these items, and owe an edit to each that
        is out (one at most). One that is not posted yet will be drawn from the state at that time.

        Current: of the last twelve hours, or the newest of its kind for its destination. Older ones are left alone.
        """
        ...

    def retire(self, team: str, posting: str) -> None:
        """Mark a posting whose message the platform no longer has: it is out no more, and nothing joins it."""
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

    def of(self, team: str, posting: str, member: str) -> Sequence[str]:
        """The emoji that a member has on a posting."""
        ...

    def on(self, team: str, postings: Sequence[str]) -> Mapping[str, Sequence[tuple[str, str]]]:
        """(member, emoji) on each of these postings, by its id."""
        ...


class Outbox(Protocol):
    """Deliveries. `owe` is scoped by its rows' team; the rest is the engine's, over all teams."""

    def owe(self, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries; a posting has at most one waiting edit, so a second one is dropped."""
        ...

    def owe_leased(self, owner: str, lease: float, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries that this process holds already, for `lease` seconds, as their first attempt."""
        ...

    def confirm_many(self, owner: str, done: Sequence[Confirmation]) -> Mapping[str, int]:
        """Record what was carried out; gives each posting's revision by now, by delivery id.

        Those whose lease was lost are left out and unchanged: somebody else decides.
        """
        ...

    def claim(self, owner: str, lease: float, now: datetime, limit: int) -> Sequence[Delivery]:
        """Lease up to `limit` deliveries that are due, or whose lease ran out, to this process for `lease` seconds.

        Leases are counted on their own clock, which is never compared with business time.
        """
        ...

    def hold(self, team: str, posting: str, at: datetime) -> bool:
        """Keep the waiting post of a posting from being taken by another process until the end of this unit of work.

        It leaves at `at` if it was to leave later. False when it has been tried, or is being sent.
        """
        ...

    def release(self, owner: str, delivery: Delivery) -> bool:
        """Give it back as it was before it was taken: nothing was tried."""
        ...

    def postpone(self, owner: str, delivery: Delivery, until: datetime, error: str) -> bool:
        """Give it back for a later attempt; the attempt is counted."""
        ...

    def drop(self, team: str) -> int:
        """Cancel what waits for this team; return how many deliveries waited."""
        ...

    def give_up(self, owner: str, delivery: Delivery, state: GivenUp, error: str) -> bool:
        """Record that it will not be tried again: it failed for good, nobody knows, or there is nothing to say."""
        ...

    def overdue(self, start: datetime, end: datetime) -> Sequence[Delivery]:
        """Posts of any team that should have left in [start, end] and were never tried, earliest first."""
        ...

    def ahead(self, team: str, now: datetime) -> Sequence[Delivery]:
        """Return a team's posts that leave later than now and were never tried, earliest first."""
        ...

    def gather(self, kept: Sequence[Delivery], at: datetime, void: Sequence[Delivery]) -> None:
        """Let some waiting posts leave at an instant, and others never: what they had to say is in the first ones."""
        ...

    def unsure(self, team: str) -> Sequence[Delivery]:
        """The posts that may be there or not, and that nobody has decided about, oldest first."""
        ...

    def decide(self, team: str, delivery: str, again: datetime | None) -> bool:
        """Settle a post that nobody knew about: it is there, or it is posted again at an instant, as if never tried.

        False when there is no such one (any more).
        """
        ...

    def waiting(self, now: datetime) -> int:
        """How many deliveries of every team should have left by now and wait still."""
        ...

    def next_at(self) -> datetime | None:
        """The earliest instant at which a delivery can be claimed."""
        ...

    def let_go(self, owner: str) -> None:
        """End the leases of a process, which asks for it while it carries nothing out: they are claimed anew."""
        ...

    def cap_leases(self, seconds: float) -> None:
        """Let no lease of an earlier process last longer than that from now, where one process has the database.

        They run on the machine's clock, which may have been set back since. Many processes share the database's own.
        """
        ...

    def lease_left(self, now: datetime) -> float | None:
        """Seconds until the first lease runs out (at least 0): what its process left undone is claimed then.

        `now` is business time: only what has been due by then is leased. None when nothing is.
        """
        ...
