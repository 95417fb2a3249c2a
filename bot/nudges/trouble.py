"""What the lead is told when sending fails, when it works again, and when a nudge could not even be prepared.

Written by the engine; none of them has a schedule.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.cards.unsure import unsure_posts
from bot.domain.civil import local
from bot.engine.trouble import UNSURE
from bot.message import Message, Text, plain
from bot.registry import Nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.posting import Card
    from bot.domain.schedule import Occurrence
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

    return Nudge(key, 5, _never, render, asked=True)


def _unsure(view: View, card: Card) -> Message:
    """« Peut-être parti, regarde avant que je le poste à nouveau » : each such post, with what was decided about it."""
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    owed = view.tx.outbox.unsure(view.team.id)[:MOST]
    by_id = {one.posting.id: one for one in view.tx.postings.cards([(one.team, one.posting) for one in owed])}
    return unsure_posts(view, texts, [(one, by_id[one.posting]) for one in owed])


unsure = Nudge(UNSURE, 4, _never, _unsure, asked=True)
trouble = _said("trouble")
recovered = _said("recovered")
skipped = _said("skipped")
