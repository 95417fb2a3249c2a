"""What people put on our messages while we were not listening: the difference of two sets (DESIGN §1, decision 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.reaction import bare

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.domain.posting import Ref
    from bot.ports import Store, Tx

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


async def recent_cards(store: Store, platform: str, team: str) -> Sequence[Card]:
    """The latest messages of the team installed at this place."""

    def look(tx: Tx) -> list[Card]:
        found = tx.teams.find(platform, team)
        if found is None:
            return []
        people = [tx.members.identity(found.id, one.id) for one in tx.members.all(found.id)]
        cards = []
        for posting in tx.postings.out(found.id, RECENT):
            if posting.ref is not None:
                known = {
                    (one.external_id, emoji)
                    for one in people
                    if one is not None
                    for emoji in tx.reactions.of(found.id, posting.id, one.member)
                }
                cards.append(Card(posting.ref, frozenset(known)))
        return cards

    return await store.read(look)
