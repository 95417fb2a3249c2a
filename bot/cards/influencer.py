"""The roster of influencers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.item import DOT
from bot.cards.pages import page
from bot.message import Button, Message, Strong, Text, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.domain.influencer import Influencer
    from bot.message import Block, Line


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
