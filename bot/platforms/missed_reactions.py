"""What people put on our messages while we were not listening: the difference of two sets (DESIGN §1, decision 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.errors import TransportError
from bot.platforms.emoji import bare

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from bot.engine.posting import Ref
    from bot.ports import Store, Tx

log = structlog.get_logger()

RECENT = 50
"""Messages that are read back: older ones, nobody reacts to any more."""


@dataclass(frozen=True, slots=True)
class Card:
    """A message of ours, with the reactions on it that we know: (platform account, emoji)."""

    ref: Ref
    known: frozenset[tuple[str, str]]

    def missed(self, there: Collection[tuple[str, str]]) -> list[tuple[str, str, bool]]:
        """What was put on it (True) or taken off it (False) since, given what is on it by now."""
        now = {(account, bare(emoji)): emoji for account, emoji in there}
        added = [(account, emoji, True) for (account, face), emoji in now.items() if (account, face) not in self.known]
        removed = [(account, face, False) for account, face in sorted(self.known - set(now))]
        return sorted(added) + removed


async def make_up(
    cards: Sequence[Card],
    there: Callable[[Ref], Awaitable[Collection[tuple[str, str]]]],
    missed: Callable[[Ref, str, str, bool], Awaitable[None]],
) -> int:
    """Tell (`missed`) of each reaction that came or went on these messages; returns how many there were.

    `there` reads what is on a message by now: (platform account, emoji). A message that cannot be read for good is
    passed over; when the platform is away, the rest waits for the next time.
    """
    count = 0
    for card in cards:
        try:
            now = await there(card.ref)
        except TransportError as error:
            log.info("reactions not read", error=error.key, code=error.params.get("code"))
            if not error.permanent:
                return count
            continue
        for account, emoji, added in card.missed(now):
            await missed(card.ref, account, emoji, added)
            count += 1
    return count


async def recent_cards(store: Store, platform: str, team: str) -> Sequence[Card]:
    """The latest messages of the team installed at this place."""

    def look(tx: Tx) -> list[Card]:
        found = tx.teams.find(platform, team)
        if found is None:
            return []
        people = tx.members.accounts([(found.id, one.id) for one in tx.members.all(found.id)])
        out = tx.postings.out(found.id, RECENT)
        reactions = tx.reactions.on(found.id, [one.id for one in out])
        cards = []
        for posting in out:
            there = [(people.get((found.id, member)), emoji) for member, emoji in reactions.get(posting.id, ())]
            known = frozenset((account, emoji) for account, emoji in there if account is not None)
            if posting.ref is not None:
                cards.append(Card(posting.ref, known))
        return cards

    return await store.read(look)
