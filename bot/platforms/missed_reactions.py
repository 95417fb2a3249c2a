"""Reactions of people during a disconnection: the difference between the stored and the current set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.errors import TransportError
from bot.platforms.emoji import normalise

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from bot.engine.posting import Ref
    from bot.ports import Store, Tx

log = structlog.get_logger()

RECENT = 50
"""Latest messages to compare; people do not react to older ones."""


@dataclass(frozen=True, slots=True)
class ReactedMessage:
    """A posted message with its stored reactions: (platform account, emoji).

    `people`: accounts of those who were members when it was posted, None if unknown. A reaction of any other person,
    who may have become a member since, was not for Vigie.
    """

    ref: Ref
    stored: frozenset[tuple[str, str]]
    people: frozenset[str] | None = None

    def missed(self, current: Collection[tuple[str, str]]) -> list[tuple[str, str, bool]]:
        """Return the reactions added (True) or removed (False) since, compared with the current ones."""
        faces = {(account, normalise(emoji)): emoji for account, emoji in current}
        added = [
            (account, emoji, True)
            for (account, face), emoji in faces.items()
            if (account, face) not in self.stored and (self.people is None or account in self.people)
        ]
        removed = [(account, face, False) for account, face in sorted(self.stored - set(faces))]
        return sorted(added) + removed


async def report_missed(
    cards: Sequence[ReactedMessage],
    read_current: Callable[[Ref], Awaitable[Collection[tuple[str, str]]]],
    missed: Callable[[Ref, str, str, bool], Awaitable[None]],
) -> int:
    """Report each missed reaction of these messages through `missed`; return their number.

    `read_current` reads the reactions of a message: (platform account, emoji). A message that is permanently
    unreadable is skipped; after a transient error, the rest waits for the next call.
    """
    count = 0
    for card in cards:
        try:
            current = await read_current(card.ref)
        except TransportError as error:
            log.info("reactions not read", error=error.key, code=error.params.get("code"))
            if not error.permanent:
                return count
            continue
        for account, emoji, added in card.missed(current):
            await missed(card.ref, account, emoji, added)
            count += 1
    return count


async def find_recent_messages(store: Store, platform: str, team: str) -> Sequence[ReactedMessage]:
    """Return the latest posted messages of the team installed at a place."""

    def look(tx: Tx) -> list[ReactedMessage]:
        installed = tx.teams.find(platform, team)
        if installed is None:
            return []
        accounts = tx.members.accounts([(installed.id, member.id) for member in tx.members.all(installed.id)])
        out = tx.postings.out(installed.id, RECENT)
        reactions = tx.reactions.on(installed.id, [posting.id for posting in out])
        cards = []
        for posting in out:
            accounts_and_emoji = [
                (accounts.get((installed.id, member)), emoji) for member, emoji in reactions.get(posting.id, ())
            ]
            stored = frozenset((account, emoji) for account, emoji in accounts_and_emoji if account is not None)
            people = frozenset(account for (_, member), account in accounts.items() if member < posting.id)
            if posting.ref is not None:
                cards.append(ReactedMessage(posting.ref, stored, people))
        return cards

    return await store.read(look)
