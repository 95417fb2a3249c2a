"""A posting drawn from the state now: the parts of its nudges, in the order of their ranks, as one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Message

if TYPE_CHECKING:
    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.ports import Tx
    from bot.registry import Registry


def draw(tx: Tx, registry: Registry, people: Roster, posting: Posting) -> Message | None:
    """The message of a posting; None when there is nothing (any more) to say."""
    parts = []
    for kind in posting.kind.split("+"):
        nudge = registry.nudge(kind)
        part = nudge.render(tx, people, posting) if nudge and nudge.render else None
        if part is not None:
            parts.append(part)
    if not parts:
        return None
    return Message(tuple(block for part in parts for block in part.blocks), parts[0].summary)


def joined(registry: Registry, kinds: set[str]) -> str:
    """The kind of a message that several nudges share: by rank, without those that another one draws."""
    known = [(registry.nudge(kind), kind) for kind in kinds]
    drawn = [(nudge.rank, kind) for nudge, kind in known if nudge and nudge.within not in kinds]
    return "+".join(kind for _, kind in sorted(drawn))
