"""Nights on which the clocks change, in Paris and in Montréal: each thing once, at the hour that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.civil import instant, local
from tests.story import PARIS, tell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.story import Event, Story

MONTREAL = ZoneInfo("America/Montreal")


def _mine(events: Iterable[Event], words: str) -> list[str]:
    return [f"{one.at:%d %H:%M}" for one in events if one.kind == "post" and words in one.text]


def _cards(events: Iterable[Event]) -> list[Event]:
    return [one for one in events if one.place.startswith("#")]


def _there(events: Iterable[Event], words: str) -> list[str]:
    """In Montréal (no hour of these days is ambiguous in Paris)."""
    found = [one for one in events if one.kind == "post" and words in one.text]
    return [f"{local(instant(one.at, PARIS), MONTREAL):%d %H:%M}" for one in found]


# Paris


async def test_an_hour_that_comes_twice_is_said_the_first_time_only(current_address: str) -> None:
    async with tell(current_address, start="2026-10-24T10:00") as story:
        await story.says("Tom", "rappel dimanche 25 octobre 2h30 couper le direct")
        first = await story.until("2026-10-25T02:30")
        again = await story.until("2026-10-25T09:00")

    assert _mine(first, "direct") == ["25 02:30"]
    assert _mine(again, "direct") == []


async def test_an_hour_that_does_not_exist_is_said_at_the_first_instant_after_it(current_address: str) -> None:
    async with tell(current_address, start="2027-03-27T10:00") as story:
        await story.says("Tom", "rappel dimanche 28 mars 2h30 couper le direct")

        assert _mine(await story.until("2027-03-28T09:00"), "direct") == ["28 03:00"]


async def test_the_card_stays_at_nine_on_both_sides_of_the_change(current_address: str) -> None:
    async with tell(current_address, start="2026-10-22T08:00") as story:
        shown = await story.until("2026-10-27T12:00")

    assert _mine(_cards(shown), "Veille du jour") == ["22 09:00", "23 09:00", "26 09:00", "27 09:00"]


async def test_the_day_opens_once_in_the_long_night_and_in_the_short_one(current_address: str) -> None:
    for start, end in (("2026-10-24T10:00", "2026-10-26T08:00"), ("2027-03-26T10:00", "2027-03-30T08:00")):
        async with tell(current_address, start=start) as story:
            await story.until(end)
            opened = await story.app.store.read(
                lambda tx: [one.nominal for one in tx.schedules.history(story.place.team, "planned")
                            if one.nudge == "opening"]
            )  # fmt: skip
            assert len(opened) == len(set(opened))
            assert {one.date().isoformat() for one in opened} >= {end[:10]}


# Montréal


async def _in_montreal(story: Story) -> None:
    await story.says("Léa", "réglages fuseau Montréal")
    await story.says("Léa", "réglages pays Canada")
    await story.says("Léa", "réglages région QC")


async def test_there_the_card_stays_at_nine_while_paris_has_not_changed_yet(current_address: str) -> None:
    async with tell(current_address, start="2027-03-11T20:00") as story:
        await _in_montreal(story)
        shown = await story.until("2027-03-16T20:00")

    assert _there(_cards(shown), "Veille du jour") == ["12 09:00", "15 09:00", "16 09:00"]
    assert _mine(_cards(shown), "Veille du jour") == ["12 15:00", "15 14:00", "16 14:00"]


async def test_there_too_a_skipped_hour_moves_on_and_a_doubled_one_counts_once(current_address: str) -> None:
    async with tell(current_address, start="2027-03-13T18:00") as story:
        await _in_montreal(story)
        await story.says("Tom", "rappel dimanche 14 mars 2h30 couper le direct")
        assert _there(await story.until("2027-03-14T20:00"), "direct") == ["14 03:00"]

    async with tell(current_address, start="2027-11-06T18:00") as story:
        await story.says("Tom", "rappel dimanche 7 novembre 1h30 relancer le direct")
        assert _there(await story.until("2027-11-07T20:00"), "relancer") == ["07 01:30"]
