"""What the lead is told: sending fails, or works again; a nudge could not be prepared; somebody's account is closed.

Written by the engine; none of them has a schedule.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.civil import local
from bot.engine.cards import unsure_posts
from bot.engine.lead_alerts import UNSURE
from bot.message import Message, Text, plain
from bot.registry import Nudge

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


def _said(key: str) -> Nudge:
    def render(view: View, card: Card) -> Message:
        texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
        there = local(datetime.fromisoformat(card.posting.subject), view.team.tz)
        line = texts.line(f"sending.{key}", day=there.date(), at=there.time())
        return Message((Text(line),), plain(line))

    return Nudge(key, 5, _never, render, on_request=True)


def _unsure(view: View, card: Card) -> Message:
    """« Peut-être parti, regarde avant que je le poste à nouveau » : each such post, with what was decided about it."""
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    owed = view.tx.outbox.unsure(view.team.id)[:MOST]
    by_id = {one.posting.id: one for one in view.tx.postings.cards([(one.team, one.posting) for one in owed])}
    return unsure_posts(view, texts, [(one, by_id[one.posting]) for one in owed])


unsure = Nudge(UNSURE, 4, _never, _unsure, on_request=True)
trouble = _said("trouble")
recovered = _said("recovered")
skipped = _said("skipped")


def _left(view: View, card: Card) -> Message | None:
    """Somebody's account on the platform is closed; None for one who came back meanwhile."""
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    gone = view.tx.members.get(view.team.id, card.posting.subject)
    if gone is None or gone.active:
        return None
    line = texts.line("member.left", who=gone.name)
    return Message((Text(line),), plain(line))


left = Nudge("left", 5, _never, _left, on_request=True)
