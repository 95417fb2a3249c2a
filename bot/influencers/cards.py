"""Draw the roster of influencers and the weekly contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Button, Message, Strong, Text, plain
from bot.pages import page
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


def listing(call: Call, roster: Sequence[Influencer], number: int) -> Message:
    """Everybody on the list, paused ones included."""
    title = call.line("influencer.list" if roster else "influencer.none", count=len(roster))
    lines: list[Block] = [Text(line(call, one)) for one in roster]
    fr = call.texts.language == "fr"
    again = "influenceur lister" if fr else "influencer list"
    return Message((Text(title, "title" if roster else "plain"), *page(call.texts, lines, number, again)), plain(title))


def line(call: Call, one: Influencer) -> Line:
    """« @studio.mirabelle · Instagram · artisanat · tous les 30 jours »."""
    network = call.catalogue.networks.get(one.network or "")
    parts = [
        network.title.of(call.texts.language) if network else "",
        one.topic,
        call.texts.text("influencer.every", count=one.ideal_days),
        "" if one.active else call.texts.text("influencer.is_paused"),
    ]
    return (Strong(one.name), "".join(DOT + part for part in parts if part))


def said(call: Call, one: Influencer, key: str) -> Message:
    """What became of somebody on the list."""
    head: Line = (*call.line(key), *line(call, one))
    list_ = "influenceur lister" if call.texts.language == "fr" else "influencer list"
    return Message((Text(head), Button(call.texts.text("button.roster"), "say", list_)), plain(head))


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
