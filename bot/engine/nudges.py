"""Private messages to the lead: sending fails or works again; a nudge cannot be prepared; an account is closed.

Written by the engine; none of them has a schedule.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.civil import local
from bot.engine.cards import unsure_posts
from bot.engine.lead_alerts import UNSURE
from bot.engine.recipients import CALLED
from bot.message import Button, Message, Text, Who, plain
from bot.registry import Nudge, command_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.registry import Parcel


MOST = 5
"""Posts that are asked about at a time; the next ones follow as these are settled."""


def _never(_view: View, _occurrence: Occurrence) -> Iterable[Parcel]:
    return ()


def _build_trouble_nudge(key: str) -> Nudge:
    def render(view: View, card: Card) -> Message:
        texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
        began_at = local(datetime.fromisoformat(card.posting.subject), view.team.tz)
        line = texts.line(f"sending.{key}", day=began_at.date(), at=began_at.time())
        return Message((Text(line),), plain(line))

    return Nudge(key, 5, _never, render, on_request=True)


def _unsure(view: View, card: Card) -> Message:
    """« Peut-être parti, regarde avant que je le poste à nouveau » : each such post, with what was decided about it."""
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    owed = view.tx.outbox.unsure(view.team.id)[:MOST]
    by_id = {
        card.posting.id: card
        for card in view.tx.postings.cards([(delivery.team, delivery.posting) for delivery in owed])
    }
    return unsure_posts(view, texts, [(delivery, by_id[delivery.posting]) for delivery in owed])


unsure = Nudge(UNSURE, 4, _never, _unsure, on_request=True)
trouble = _build_trouble_nudge("trouble")
recovered = _build_trouble_nudge("recovered")
skipped = _build_trouble_nudge("skipped")


def _left(view: View, card: Card) -> Message | None:
    """Somebody's account on the platform is closed; None for a member who came back meanwhile."""
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    member = view.tx.members.get(view.team.id, card.posting.subject)
    if member is None or member.active:
        return None
    line = texts.line("member.left", who=member.name)
    return Message((Text(line),), plain(line))


left = Nudge("left", 5, _never, _left, on_request=True)


def _draw_call(view: View, card: Card) -> Message | None:
    """Draw the channel's line for a member who takes no direct messages: that there is something, not what."""
    member = view.roster.member(card.posting.subject)
    if member is None:
        return None
    texts = view.roster.texts
    line = (Who(member.id, member.name, notify=True), " · ", *texts.line("private.closed"))
    button = Button(texts.text("button.my_day"), "say", command_line(texts.language, "day"), "primary")
    return Message((Text(line), button), plain(line))


called = Nudge(CALLED, 5, _never, _draw_call, on_request=True)


def _draw_closed(view: View, card: Card) -> Message | None:
    """Draw for the lead that a member takes no direct messages."""
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    name = view.roster.name(card.posting.subject)
    line = texts.line("member.closed", who=name)
    return Message((Text(line),), plain(line)) if name else None


closed = Nudge("closed", 5, _never, _draw_closed, on_request=True)
