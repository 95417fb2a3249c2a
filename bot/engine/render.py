"""Draw a card from the state now: the parts of its nudges, in the order of their ranks, as one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Message

if TYPE_CHECKING:
    from bot.engine.posting import Card
    from bot.engine.view import View
    from bot.registry import Registry


CATCHUP = "catchup"
"""The nudge that leads what leaves late after a stop; it says nothing by itself."""


def draw(registry: Registry, view: View, card: Card) -> Message | None:
    """Draw the message of a card; None when there is nothing (any more) to say."""
    parts, leads = [], 0
    for kind in card.posting.kind.split("+"):
        nudge = registry.nudge(kind)
        part = nudge.render(view, card) if nudge and nudge.render else None
        if part is not None:
            parts.append(part)
            leads += kind == CATCHUP
    if len(parts) == leads:  # why something is late, and nothing that is
        return None
    if len(parts) == 1:
        return parts[0]
    return Message(tuple(block for part in parts for block in part.blocks), parts[0].summary)


def joined(registry: Registry, kinds: set[str]) -> str:
    """Name the kind of a message that several nudges share: by rank, without those that another one draws."""
    nudges = [(nudge, kind) for kind in kinds if (nudge := registry.nudge(kind))]
    return "+".join(
        kind for _, kind in sorted((nudge.rank, kind) for nudge, kind in nudges if nudge.within not in kinds)
    )
