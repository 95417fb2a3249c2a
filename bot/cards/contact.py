"""The weekly contact: whom to write to, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.item import Lines
from bot.message import Button, Message, Text, plain

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.checklist import Item
    from bot.domain.influencer import Influencer
    from bot.domain.roster import Roster
    from bot.i18n import Texts
    from bot.message import Block


def contact(
    roster: Roster, texts: Texts, item: Item, proposed: tuple[Influencer, str] | None, now: datetime
) -> Message:
    """« Contact de la semaine · Inès · avant vendredi », and a name (with its network's title) to begin with.

    Without anybody on the roster it says how to add a first name.
    """
    lines = Lines(roster, texts, now)
    if not item.is_open:
        line = lines.block(1, [item])
        return Message((line,), plain(line.line))
    who = roster.name(item.holder)
    head = texts.line("influencer.title", who=who, before=lines.before(item.deadline) if item.deadline else "")
    blocks: list[Block] = [Text(head, "title")]
    if proposed is None:
        blocks.append(Text(texts.line("influencer.empty")))
    else:
        one, network = proposed
        about = ", ".join(part for part in (network, one.topic) if part)
        blocks.append(Text(texts.line("influencer.proposal", name=one.name, about=about)))
    blocks.append(Button(texts.text("button.contacted"), "done", item.id, "primary"))
    blocks.append(Button(texts.text("button.not_this_week"), "skip", item.id))
    return Message(tuple(blocks), plain(head))
