"""One week of a team of four, with a public holiday in it: everything that anybody reads, in both languages."""

from __future__ import annotations

from collections import Counter
from datetime import time
from typing import TYPE_CHECKING

import pytest

from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from bot.i18n import Language
    from tests.story import Event, Story

MONDAY, SUNDAY = "2026-11-09T08:55", "2026-11-15T23:00"  # Wednesday 11 November is a holiday in France
LINES = {
    "fr": ("jour", "fait veille", "prendre calendrier", "décaler réponses 15 min", "passer influenceur", "semaine"),
    "en": ("day", "done watch", "take calendar", "snooze replies 15 min", "skip influencer", "week"),
}


async def _live(story: Story, language: Language) -> list[Event]:
    """The week, with a few things done on the way by each person."""
    day, done, take, snooze, skip, week = LINES[language]
    await story.says("Léa", day)
    await story.until("2026-11-09T09:30")
    await story.says("Léa", done)
    await story.until("2026-11-09T11:35")
    await story.says("Karim", snooze)
    await story.until("2026-11-10T10:00")
    await story.says("Inès", take)
    await story.until("2026-11-12T10:00")
    await story.says("Inès", skip)
    await story.says("Tom", week)
    await story.until(SUNDAY)
    return story.events


def _read(events: Sequence[Event]) -> str:
    """The week as people read it, one message after the other."""
    return "\n\n".join(f"{one.at:%a %d %H:%M} {one.place} ({one.kind} {one.number})\n{one.text}" for one in events)


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


async def test_every_text_of_the_week_is_as_reviewed(
    tmp_path: Path, language: Language, snapshot: SnapshotAssertion
) -> None:
    async with tell(f"sqlite:///{tmp_path / 'week.db'}", language=language, start=MONDAY) as story:
        assert _read(await _live(story, language)) == snapshot


async def test_the_week_is_quiet(tmp_path: Path, language: Language) -> None:
    async with tell(f"sqlite:///{tmp_path / 'week.db'}", language=language, start=MONDAY) as story:
        posts = [one for one in await _live(story, language) if one.kind == "post"]

    private = Counter((one.place, one.at.date()) for one in posts if one.place.startswith("@"))
    public = Counter(one.at.date() for one in posts if one.place.startswith("#"))
    assert max(private.values()) <= 4
    assert max(public.values()) <= 2
    assert [one for one in posts if time(12) <= one.at.time() < time(14)] == []
    assert {one.at.day for one in posts} == {9, 10, 12, 13}


async def test_after_the_holiday_the_card_starts_with_what_has_waited(tmp_path: Path) -> None:
    async with tell(f"sqlite:///{tmp_path / 'week.db'}", start=MONDAY) as story:
        await story.until("2026-11-12T09:00")

    lines = story.channel[-1].splitlines()
    assert lines[0] == "Jeudi 12 novembre"
    assert lines[1] == "Mercredi était férié. À regarder d’abord : les messages depuis mardi 18 h."
