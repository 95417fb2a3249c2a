"""Which day the morning's card is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from bot.engine.posting import Card, Destination, Posting
from bot.tasks.nudges.morning import _day


def test_a_card_whose_items_are_gone_is_still_about_its_day() -> None:
    posting = Posting("t", "p", Destination(channel="c"), "day", "2026-11-23", datetime(2026, 11, 23, 8, tzinfo=UTC))
    nobody: Any = None  # a team is asked only about items
    assert _day(nobody, Card(posting)) == date(2026, 11, 23)
