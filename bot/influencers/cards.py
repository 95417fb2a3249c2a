"""Draw the roster of influencers and the weekly contact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.message import Button, Message, Strong, Text, plain
from bot.pages import page
from bot.record.undo import undo_button
from bot.tasks.cards.item import DOT, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.call import Call
    from bot.i18n import Texts
    from bot.influencers.influencer import Influencer
    from bot.message import Block, Line
    from bot.tasks.checklist import Item
    from bot.teams.roster import Roster


def draw_list(call: Call, roster: Sequence[Influencer], number: int) -> Message:
    """Draw the list of influencers, paused ones included."""
    title = call.line("influencer.list" if roster else "influencer.none", count=len(roster))
    lines: list[Block] = [Text(draw_line(call, influencer)) for influencer in roster]
    fr = call.texts.language == "fr"
    again = "influenceur lister" if fr else "influencer list"
    return Message((Text(title, "title" if roster else "plain"), *page(call.texts, lines, number, again)), plain(title))


def draw_line(call: Call, influencer: Influencer) -> Line:
    """Draw « @studio.mirabelle · Instagram · artisanat · tous les 30 jours »."""
    network = call.catalogue.networks.get(influencer.network or "")
    parts = [
        network.title.of(call.texts.language) if network else "",
        influencer.topic,
        call.texts.text("influencer.every", count=influencer.ideal_days),
        "" if influencer.active else call.texts.text("influencer.is_paused"),
    ]
    return (Strong(influencer.name), "".join(DOT + part for part in parts if part))


def draw_change(call: Call, influencer: Influencer, key: str) -> Message:
    """Draw the confirmation `key` of a change, with the influencer's line."""
    shown = replace(influencer, active=True)  # the confirmation itself says that it is paused
    head: Line = (*call.line(key), *draw_line(call, shown))
    list_ = "influenceur lister" if call.texts.language == "fr" else "influencer list"
    return Message((Text(head), undo_button(call), Button(call.texts.text("button.roster"), "say", list_)), plain(head))


def draw_contact(
    roster: Roster, texts: Texts, item: Item, proposed: tuple[Influencer, str] | None, now: datetime
) -> Message:
    """Draw « Contact de la semaine · Inès · avant vendredi », with a proposed influencer and its network's title.

    With an empty list, the card says how to add a first name.
    """
    lines = Lines(roster, texts, now)
    if not item.is_open:
        line = lines.block(1, [item])
        return Message((line,), plain(line.line))
    holder = roster.name(item.holder)
    head = texts.line("influencer.title", who=holder, before=lines.before(item.deadline) if item.deadline else "")
    blocks: list[Block] = [Text(head, "title")]
    if proposed is None:
        blocks.append(Text(texts.line("influencer.empty")))
    else:
        influencer, network = proposed
        about = ", ".join(part for part in (network, influencer.topic) if part)
        blocks.append(Text(texts.line("influencer.proposal", name=influencer.name, about=about)))
    blocks.append(Button(texts.text("button.contacted"), "done", item.id, "primary"))
    blocks.append(Button(texts.text("button.not_this_week"), "skip", item.id))
    return Message(tuple(blocks), plain(head))
