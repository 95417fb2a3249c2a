"""Board of the chat: the posted messages, with the reactions on them, in the order in which they came."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.engine.posting import Ref
    from bot.message import Message

KEPT = 500
"""Messages that stay; older ones leave the screen."""
FACES = 40
"""Different emoji that one message takes."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as it stands now; `ref.channel` is the channel, or `@account` for a private one."""

    ref: Ref
    key: str
    at: datetime
    message: Message
    edited: datetime | None = None
    reactions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def seen_by(self, account: str) -> bool:
        return not self.ref.channel.startswith("@") or self.ref.channel == f"@{account}"


class Board:
    """Messages by reference. Raises TransportError for one that is gone."""

    def __init__(self) -> None:
        self._posted: dict[Ref, Posted] = {}

    def __iter__(self) -> Iterator[Posted]:
        return iter(self._posted.values())

    def put(self, posted: Posted) -> None:
        """Add a message, or replace it where it stands."""
        self._posted[posted.ref] = posted
        if len(self._posted) > KEPT:
            self._posted.pop(next(iter(self._posted)))

    def at(self, ref: Ref) -> Posted:
        posted = self._posted.get(ref)
        if posted is None:
            raise TransportError("transport.message_gone", permanent=True)
        return posted

    def keyed(self, place: str, key: str) -> Posted | None:
        """Find the message posted for a key at a place."""
        return next(
            (posted for posted in self._posted.values() if posted.key == key and posted.ref.channel == place), None
        )

    def named(self, message: str, account: str) -> Posted | None:
        """Find the message with that id, if this account can see it."""
        matches = (posted for posted in self._posted.values() if posted.ref.message == message)
        return next((posted for posted in matches if posted.seen_by(account)), None)

    def take(self, ref: Ref) -> Posted | None:
        """Remove a message; None when it was gone already."""
        return self._posted.pop(ref, None)

    def react(self, posted: Posted, account: str, emoji: str, *, added: bool) -> Posted:
        """Put an emoji on a message or take it off; the same one again changes nothing."""
        accounts = posted.reactions.get(emoji, frozenset())
        if added and emoji not in posted.reactions and len(posted.reactions) >= FACES:
            return posted
        changed_accounts = accounts | {account} if added else accounts - {account}
        kept = {name: reactors for name, reactors in posted.reactions.items() if name != emoji or changed_accounts}
        changed = replace(posted, reactions={**kept, emoji: changed_accounts} if changed_accounts else kept)
        self._posted[posted.ref] = changed
        return changed
