"""A task that comes again on the day to which it was snoozed is one item on that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story

UNTIL = (("demain", "2026-11-24"), ("vendredi 10h", "2026-11-27"), ("lundi 30 novembre 10h", "2026-11-30"))
"""Words of a snooze on Monday 23 November, and the day that they mean."""


@pytest.mark.parametrize("words", [words for words, _ in UNTIL])
async def test_the_answer_says_that_the_next_one_takes_its_place(story: Story, words: str) -> None:
    await story.until("09:30")

    answer = await story.says("Léa", f"décaler veille à {words}")

    assert "À partir de mardi 24 novembre, la tâche du jour prend sa place." in answer


@pytest.mark.parametrize(("words", "day"), UNTIL)
async def test_each_day_has_one_of_it(story: Story, words: str, day: str) -> None:
    await story.until("09:30")
    await story.says("Léa", f"décaler veille à {words}")

    await story.until(f"{day}T11:00")

    items = [item for item in await story.items() if item.task.key == "veille"]
    assert len(items) == 1
    assert "Veille du jour · Léa · avant 12 h" in await story.says("Léa", "jour équipe")


@pytest.mark.parametrize(("words", "day"), UNTIL)
async def test_the_promised_reminder_comes_once(story: Story, words: str, day: str) -> None:
    await story.until("09:30")
    await story.says("Léa", f"décaler veille à {words}")

    events = await story.until(f"{day}T11:00")

    reminders = [event for event in events if event.place == "@lea" and "Toujours à faire : la veille" in event.text]
    assert [f"{event.at:%Y-%m-%d}" for event in reminders] == [day]


async def test_a_tick_settles_what_the_lists_and_the_count_show(story: Story) -> None:
    await story.until("09:30")
    await story.says("Léa", "décaler veille à demain")
    await story.until("2026-11-24T09:30")

    await story.says("Léa", "fait veille")

    assert "✓ Veille du jour" in story.channel[-1]
    assert "Veille" not in (await story.says("Léa", "jour")).split("L’équipe")[0]
    assert not [event for event in await story.until("12:00") if event.place == "@lea"]


async def test_the_evening_does_not_say_that_it_ends(story: Story) -> None:
    await story.until("09:30")
    await story.says("Léa", "décaler veille à demain")

    await story.until("18:00")

    assert not [text for text in story.private("Léa") if "S’arrête ce soir" in text]


async def test_a_done_task_is_not_reminded_of(story: Story) -> None:
    await story.until("09:30")
    await story.says("Léa", "décaler veille à vendredi 10h")
    await story.until("2026-11-27T09:30")
    await story.says("Léa", "fait veille")

    events = await story.until("12:00")

    assert not [event for event in events if event.place == "@lea"]


async def test_over_closed_days_it_waits_as_itself(story: Story) -> None:
    await story.until("2026-11-27T09:30")
    await story.says("Léa", "décaler veille à samedi 10h")

    events = await story.until("2026-11-30T08:00")

    reminders = [event for event in events if event.place == "@lea" and "la veille" in event.text]
    assert [f"{event.at:%a %H:%M}" for event in reminders] == ["Sat 10:00"]
    assert len([item for item in await story.items() if item.task.key == "veille"]) == 1
