"""What a transaction writes at its end: lines that nobody reads meanwhile, all of a kind at once (ADR 0013)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage import schema as s
from storage.bulk import insert

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.bulk import Values

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


@dataclass(slots=True)
class Later:
    """The record's lines and the replies of one transaction. `held`: they wait for :meth:`write`."""

    connection: Connection
    held: bool = False
    entries: list[Values] = field(default_factory=list)
    """As `_ENTRIES` writes them."""
    replies: dict[tuple[str, str], Values] = field(default_factory=dict)
    """By team and key, as `_REPLIES` writes them."""

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

    def write(self) -> None:
        """Whatever waits; also before it is read."""
        if self.entries:
            entries, self.entries = self.entries, []
            _ENTRIES.run(self.connection, entries)
        if self.replies:
            replies, self.replies = list(self.replies.values()), {}
            if _REPLIES.run(self.connection, replies) < len(replies):
                raise RepeatedError
