"""The card of the monthly figures: accounts, duration, deadline."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.civil import local
from bot.i18n import capital
from bot.message import Message, Text, plain
from bot.tasks.cards.item import Lines
from bot.tasks.cards.tasks import choices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.i18n import Texts
    from bot.tasks.checklist import Item
    from bot.teams.roster import Roster
    from bot.teams.team import Account


def statistics(roster: Roster, texts: Texts, item: Item, accounts: Sequence[Account], now: datetime) -> Message:
    """Draw « Statistiques d’octobre · 3 comptes · environ 25 min », then the item with its holder and deadline."""
    head = texts.line(
        "statistics.title",
        month=_name_month(roster, texts, item),
        count=len(accounts),
        duration=texts.duration(item.task.minutes or 0),
    )
    line = Lines(roster, texts, now).block(1, [item])
    buttons = choices(texts, item)[:1] if item.is_open else ()
    return Message((Text(head, "title"), line, *buttons), plain(head))


def _name_month(roster: Roster, texts: Texts, item: Item) -> str:
    """Name the month of the figures, before that of the item: « d’octobre », « de novembre », "October"."""
    first = local(item.start, roster.team.tz).date().replace(day=1)
    month = texts.date(first - timedelta(days=1), "month")
    if texts.language == "en":
        return capital(month)
    return f"d’{month}" if month[0] in "aeiouéoœ" else f"de {month}"
