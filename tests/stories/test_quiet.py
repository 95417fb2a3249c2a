"""Quiet by default: never outside working time, no more than a person bears, and nothing is lost by it."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

import pytest

from bot.engine.rhythm import Closed, Rhythm, WorkingDays
from bot.i18n import Words
from bot.ids import new_id
from bot.tasks.deadline import SameDay
from bot.tasks.task import Task, Template
from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Tx
    from tests.story import Event, Story

CAP = 4


def _told(events: Sequence[Event], place: str) -> list[str]:
    return [f"{one.at:%H:%M}" for one in events if one.kind == "post" and one.place == place]


async def _with_tasks(story: Story, *deadlines: str) -> None:
    """Tom's role has a task for each of these deadlines, every working day from tomorrow on."""

    def add(tx: Tx) -> None:
        for at in deadlines:
            words = Words(f"Tâche de {at}", f"Task of {at}")
            task = Task(new_id(tx.now), words, words, "planner")
            rhythm = Rhythm(WorkingDays(), (time(9),), Closed.SKIP)
            until = SameDay(time.fromisoformat(at))
            tx.templates.add(Template(story.place.team, new_id(tx.now), task.key, "daily", (task,), rhythm, until))

    await story.app.store.write(add)


async def test_one_person_is_told_four_times_a_day_at_most_and_the_recap_is_one_of_them(story: Story) -> None:
    await _with_tasks(story, "10:00", "11:00", "15:00", "16:00", "16:50")
    await story.until("2026-11-24T08:00")
    shown = await story.until("2026-11-25T08:00")

    assert _told(shown, "@tom") == ["09:45", "10:45", "14:45", "17:30"]


async def test_what_was_held_back_is_in_the_recap(story: Story) -> None:
    await _with_tasks(story, "10:00", "11:00", "15:00", "16:00")
    await story.until("2026-11-24T18:00")

    assert "Tâche de 16:00" in story.private("Tom")[-1]


async def test_the_teams_own_recurring_tasks_count_for_the_cap_as_well(story: Story) -> None:
    for hour in ("9h35", "10h15", "11h", "15h30", "16h"):
        await story.says("Léa", f"tâche ajouter Relire à {hour} chaque jour ouvré à {hour} pour Karim")
    await story.says("Karim", "rappel à 15h45 appeler le studio")
    await story.until("2026-11-23T08:00")
    shown = await story.until("2026-11-23T18:00")

    told = _told(shown, "@karim")
    assert told == ["09:35", "10:15", "11:00", "15:45", "17:30"]
    assert "Relire à 16h" in story.private("Karim")[-1]


async def test_a_team_that_leaves_early_hears_the_days_last_words_before(story: Story) -> None:
    await story.says("Léa", "réglages horaires 8h-16h")
    await story.until("2026-11-27T07:00")
    shown = await story.until("2026-11-30T07:59")

    assert "15:30" in _told(shown, "@karim")
    assert [one.text for one in shown if one.at.date().day == 27 and "week-end" in one.text]
    assert not [one for one in shown if one.at.date().day == 30 and "week-end" in one.text]


async def test_reminders_within_half_an_hour_are_one_message(story: Story) -> None:
    await _with_tasks(story, "15:00", "15:20")
    await story.until("2026-11-24T08:00")
    shown = await story.until("2026-11-24T16:00")

    assert _told(shown, "@tom") == ["14:45"]


@pytest.mark.parametrize("deadline", ["09:00", "20:00"])
async def test_a_reminder_that_would_fall_outside_working_time_is_left_to_the_recap(
    deadline: str, story: Story
) -> None:
    await _with_tasks(story, deadline)
    await story.says("Tom", "fait calendrier")
    await story.until("2026-11-24T08:00")
    await story.says("Tom", "fait calendrier")
    shown = await story.until("2026-11-25T08:00")

    assert _told(shown, "@tom") == ["17:30"]


async def test_more_time_means_no_reminder_at_the_old_hour(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Relire l’affiche d’ici 15h pour Tom")
    await story.says("Léa", "tâche modifier Relire l’affiche d’ici 16h30")
    shown = await story.until("15:30")

    assert not [one for one in shown if one.place == "@tom" and "affiche" in one.text and "Toujours" in one.text]


async def test_what_follows_in_the_channel_within_half_an_hour_is_part_of_the_card(current_address: str) -> None:
    async with tell(current_address, start="2026-11-30T08:00") as story:
        await story.says("Léa", "réglages horaires 9h50-18h")  # the morning card comes then, the ritual at ten
        shown = await story.until("2026-11-30T12:00")

    assert len([one for one in shown if one.kind == "post" and one.place.startswith("#")]) == 1
    assert "Contact de la semaine" in story.channel[-1]
