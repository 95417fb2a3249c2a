"""Posts of which nobody knows whether they are sent_at: the lead looks, and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.message import Button, Message, Text, Where, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.posting import Card, Delivery, Destination
    from bot.engine.view import View
    from bot.i18n import Texts
    from bot.message import Block, Span


def unsure_posts(view: View, texts: Texts, posts: Sequence[tuple[Delivery, Card]]) -> Message:
    """Each with what it was, for whom and when, and two buttons; once all are settled, that they are."""
    if not posts:
        line = texts.line("unsure.settled")
        return Message((Text(line),), plain(line))
    head = texts.line("unsure.head", count=len(posts))
    blocks: list[Block] = [Text(head)]
    for owed, card in posts:
        blocks.append(Text(texts.line("unsure.one", **_about(view, texts, owed, card))))
        blocks.append(Button(texts.text("button.is_there"), "is_there", owed.id))
        blocks.append(Button(texts.text("button.post_again"), "post_again", owed.id))
    return Message(tuple(blocks), plain(head))


def _about(view: View, texts: Texts, owed: Delivery, card: Card) -> dict[str, object]:
    """Return the subject of a delivery (its tasks, else its kind in words), its place and its moment."""
    place = card.posting.destination
    titles = list(dict.fromkeys(item.task.title.say(texts.language) for _, item in card.items))[:3]
    sent_at = local(owed.first_attempt_at or owed.send_after, view.team.tz)
    return {
        "what": texts.listing(titles) if titles else texts.text("unsure.message"),
        "to": _draw_place(view, texts, place),
        "day": sent_at.date(),
        "at": sent_at.time(),
    }


def _draw_place(view: View, texts: Texts, place: Destination) -> Span:
    """Draw where to look: a link to the channel, or the name of the member."""
    if place.channel is None:
        return view.roster.name(place.member)
    channel = view.tx.teams.channel(view.team.id, place.channel)
    return Where(channel.external_id, f"#{channel.name}") if channel else texts.text("unsure.channel")
