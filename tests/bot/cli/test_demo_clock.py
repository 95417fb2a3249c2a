"""Where `/avance` goes: durations and moments in both languages, and the next message."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from adapters.console.platform import ConsolePlatform
from bot.civil import instant
from bot.cli._demo import Options, opened
from bot.cli._demo_clock import reach
from bot.clock import VirtualClock
from bot.errors import RefusalError
from bot.ids import new_id
from bot.teams.team import Team

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.cli._demo import Demo

PARIS = ZoneInfo("Europe/Paris")
TEAM = Team("t", "Atelier")


def paris(moment: str) -> datetime:
    """The instant of a moment on the team's wall clock."""
    return instant(datetime.fromisoformat(moment), PARIS)


MONDAY = paris("2026-11-23T09:10")


AHEAD = {
    "10 minutes": "2026-11-23T09:20", "90min": "2026-11-23T10:40", "1 h": "2026-11-23T10:10",
    "2h30": "2026-11-23T11:40",
    "demi-heure": "2026-11-23T09:40", "une demi-heure": "2026-11-23T09:40", "un quart d’heure": "2026-11-23T09:25",
    "half an hour": "2026-11-23T09:40", "one hour": "2026-11-23T10:10", "in 2 hours": "2026-11-23T11:10",
    "1 jour et 2 heures": "2026-11-24T11:10", "1 day and 2 hours": "2026-11-24T11:10",
    "1 semaine": "2026-11-30T09:10", "une semaine": "2026-11-30T09:10", "one week": "2026-11-30T09:10",
    "1 week": "2026-11-30T09:10", "8 jours": "2026-12-01T09:10", "quinze jours": "2026-12-07T09:10",
    "3 jours ouvrés": "2026-11-26T09:10", "2 working days": "2026-11-25T09:10", "1 mois": "2026-12-23T09:10",
    "1 an": "2027-11-23T09:10", "one month": "2026-12-23T09:10",
    "demain 9h": "2026-11-24T09:00", "tomorrow 9am": "2026-11-24T09:00", "vendredi 17h30": "2026-11-27T17:30",
    "jusqu’à vendredi 17h30": "2026-11-27T17:30", "until friday 5:30pm": "2026-11-27T17:30",
    "à 16h30": "2026-11-23T16:30", "next monday 9am": "2026-11-30T09:00",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "there"), AHEAD.items())
def test_the_clock_goes_where_a_duration_or_a_moment_says(typed: str, there: str) -> None:
    assert reach(typed, MONDAY, TEAM) == paris(there)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("0", "console.duration"),
        ("0 minute", "console.backwards"),
        ("-1 jour", "console.backwards"),
        ("−2 heures", "console.backwards"),
        ("hier", "when.past"),
        ("hier 9h", "when.past"),
        ("2 ans", "console.too_far"),
        ("401 jours", "console.too_far"),
        ("99999 semaines", "console.too_far"),
        ("9999 jours ouvrés", "console.too_far"),
        ("99999 heures", "console.too_far"),
        ("lundi", "console.which_moment"),
        ("bientôt", "console.duration"),
        ("1h30m", "console.duration"),
        ("1 jour 2 lunes", "console.duration"),
        ("٣ jours", "console.duration"),
        ("9" * 5000, "console.duration"),
        ("1 jour " * 900, "console.too_far"),
    ],
)
def test_what_is_not_ahead_or_not_understood_is_refused(typed: str, key: str) -> None:
    with pytest.raises(RefusalError) as refused:
        reach(typed, MONDAY, TEAM)
    assert refused.value.key == key


def test_a_week_over_the_change_of_season_ends_at_the_same_hour_of_the_wall() -> None:
    saturday = paris("2026-10-24T08:55")
    assert reach("1 semaine", saturday, TEAM) == paris("2026-10-31T08:55")


def test_hours_over_the_change_of_season_are_hours_that_pass() -> None:
    saturday = paris("2026-10-24T22:00")
    assert reach("12 heures", saturday, TEAM) == paris("2026-10-25T09:00")


@pytest.fixture
async def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Demo]:
    """The French demo on Monday at 8:55, on a platform that shows nothing."""
    monkeypatch.chdir(tmp_path)
    platform = ConsolePlatform(lambda *_: None)
    async with opened(Options("fr", "2026-11-23T08:55"), platform, VirtualClock(MONDAY)) as running:
        yield running


async def test_the_next_message_is_told_by_time_name_and_place(demo: Demo) -> None:
    coming = await demo.journey.upcoming()
    assert coming is not None
    assert coming.at == paris("2026-11-23T09:00")
    assert (coming.what, coming.places) == (("Fiche du jour",), ("#équipe",))


async def test_looking_at_the_next_message_changes_nothing(demo: Demo) -> None:
    before = await demo.app.store.read(lambda tx: (tx.schedules.next_fire_at(), tx.outbox.next_at()))
    first, second = await demo.journey.upcoming(), await demo.journey.upcoming()
    after = await demo.app.store.read(lambda tx: (tx.schedules.next_fire_at(), tx.outbox.next_at()))
    assert (first, before) == (second, after)


async def test_after_the_last_message_of_friday_the_next_one_is_on_monday(demo: Demo) -> None:
    await demo.journey.forward(demo.journey.reach("vendredi 20h"))
    coming = await demo.journey.upcoming()
    assert coming is not None
    assert coming.at == paris("2026-11-30T09:00")


async def test_the_clock_is_kept_at_every_move(demo: Demo) -> None:
    seen = []

    async def look() -> bool:
        saved = await demo.app.store.read(lambda tx: tx.facts.get("demo_clock"))
        seen.append(saved == demo.clock.now().isoformat())
        return len(seen) < 3

    demo.journey.step = look
    await demo.journey.forward(demo.journey.reach("1 jour"))
    assert seen == [True, True, True]


async def test_looking_ahead_does_not_shuffle_what_happens_at_one_instant(demo: Demo) -> None:
    for _ in range(20):
        before = new_id(demo.clock.now())
        await demo.journey.upcoming()
        assert before < new_id(demo.clock.now())
