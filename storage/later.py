"""What a transaction writes at its end: what nobody reads meanwhile, all of a kind at once (ADR 0013)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage import schema as s
from storage.bulk import changed, found, insert
from storage.changed import SETTLE, SHOW_AGAIN
from storage.prepared import in_one_go

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection

    from storage.bulk import Values

    Key = tuple[str, str]
    """A team's id, and that of one of its things."""

_ENTRIES = insert(
    s.audit,
    (
        "team_id", "id", "at", "act", "subject", "subject_id", "actor_id", "behalf_id", "before", "after", "source",
        "reason",
    ),
    {},
)  # fmt: skip
_REPLIES = insert(s.requests, ("team_id", "key", "at", "reply"), {}, new=True)


class RepeatedError(Exception):
    """A request was handled elsewhere meanwhile: run again, this unit of work finds the reply that is stored."""


class OvertakenError(Exception):
    """An item was changed elsewhere since it was read: run again, apart, the unit of work at fault is told so."""


def _nobody(postings: Sequence[Key]) -> None:
    """No posting was shown again."""


@dataclass(slots=True)
class Later:
    """What waits in one transaction for :meth:`write`, which whoever reads of it calls first.

    `held`: the record's lines and the replies wait. `trusting`: items and the cards that show them wait as well; keys
    of requests are taken for new ones, and items for what they were when they were read, until the end shows otherwise.
    """

    connection: Connection
    held: bool = False
    trusting: bool = False
    entries: list[Values] = field(default_factory=list)
    """As `_ENTRIES` writes them."""
    replies: dict[Key, Values] = field(default_factory=dict)
    """As `_REPLIES` writes them."""
    settled: dict[Key, tuple[Values, Values]] = field(default_factory=dict)
    """Of items, what was FENCED when they were seen, and what is WRITTEN now (storage.changed)."""
    shown: dict[Key, int] = field(default_factory=dict)
    """The items whose cards are behind; since when a card counts as new."""
    owe: Callable[[Sequence[Key]], None] = _nobody
    """Owes an edit to postings."""

    def record(self, entry: Values) -> None:
        self.entries.append(entry)
        if not self.held:
            self.write()

    def answer(self, reply: Values) -> None:
        """Raises RepeatedError, now or in :meth:`write`, when the key was taken."""
        if self.replies.setdefault((reply[0], reply[1]), reply) is not reply:
            raise RepeatedError
        if not self.held:
            self.write()

    def settle(self, item: Key, was: Values, now: Values) -> bool:
        """False when the item is no more what it was; who trusts learns of it in :meth:`write` (OvertakenError)."""
        if not self.trusting:
            return SETTLE.run(self.connection, [(*item, *was, *now)]) == 1
        self.settled[item] = self.settled.get(item, (was, now))[0], now
        return True

    def show_again(self, items: Iterable[Key], since: int, owe: Callable[[Sequence[Key]], None]) -> None:
        """Count one more revision of the postings that show these items; `owe` is given those that are out."""
        self.owe = owe
        if self.trusting:
            self.shown.update(dict.fromkeys(items, since))
        else:
            self._owe(SHOW_AGAIN.read(self.connection, [(*item, since) for item in sorted(set(items))]))

    def write(self) -> None:
        """Whatever waits; also before it is read."""
        if not (self.settled or self.shown or self.entries or self.replies):
            return
        # in the same order in each process: whoever meets another one waits once
        settled, self.settled = sorted(self.settled.items()), {}
        shown, self.shown = sorted(self.shown.items()), {}
        entries, self.entries = self.entries, []
        replies, self.replies = list(self.replies.values()), {}
        connection = self.connection
        with in_one_go(connection):
            moved = SETTLE.sent(connection, [(*item, *was, *now) for item, (was, now) in settled])
            shown_again = SHOW_AGAIN.sent(connection, [(*item, since) for item, since in shown])
            _ENTRIES.sent(connection, entries)
            answered = _REPLIES.sent(connection, replies)
        cards = found(shown_again)  # read in any case: SQLite begins no savepoint while a statement is open
        if changed(moved) < len(settled):
            raise OvertakenError
        if changed(answered) < len(replies):
            raise RepeatedError
        self._owe(cards)

    def _owe(self, cards: Sequence[Values]) -> None:
        """An edit to each of these cards that is out."""
        owed = [(team, posting) for team, posting, place in cards if place is not None]
        if owed:
            self.owe(owed)
