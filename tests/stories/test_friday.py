"""The Friday line: who watches over the week-end, how somebody says « je regarde », and what other emoji do there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.teams.member import Permission
from tests.stories.test_assign import lower
from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.story import Story

FRIDAY = "2026-11-27"
NOBODY = "Ce week-end, personne d’astreinte : une alerte ne partira que lundi à 9 h."


@pytest.fixture
async def friday(current_address: str) -> AsyncIterator[Story]:
    async with tell(current_address, start=f"{FRIDAY}T08:55") as story:
        await story.until(f"{FRIDAY}T16:35")
        yield story


def line(story: Story) -> int:
    return next(event.number for event in story.events if "d’astreinte" in event.text and event.kind == "post")


def shown(story: Story) -> str:
    return next(text for text in story.channel if "streinte" in text)


async def changes(story: Story) -> list[tuple[str | None, str | None]]:
    return [
        (entry.before["holder"], entry.after["holder"]) for entry in await story.record() if entry.subject == "role"
    ]


async def test_it_says_until_when_an_alert_waits(friday: Story) -> None:
    assert shown(friday).startswith(NOBODY)


async def test_a_raised_hand_watches_this_weekend(friday: Story) -> None:
    answer = await friday.reacts("Karim", line(friday), "🙋")

    assert "tu es d’astreinte jusqu’à lundi 30 novembre à 9 h" in answer
    assert shown(friday) == "Astreinte ce week-end : Karim."


async def test_the_button_does_the_same(friday: Story) -> None:
    await friday.clicks("Karim", line(friday), "Je regarde")

    assert shown(friday) == "Astreinte ce week-end : Karim."


async def test_an_alert_then_reaches_them_at_once(friday: Story) -> None:
    await friday.reacts("Karim", line(friday), "🙋")
    await friday.until("2026-11-28T20:00")
    await friday.says("Tom", "alerte commentaire furieux")
    events = await friday.forward(minutes=1)

    assert any("furieux" in event.text for event in friday.events if event.place == "@karim"), events


async def test_on_monday_they_are_relieved_in_silence(friday: Story) -> None:
    await friday.reacts("Karim", line(friday), "🙋")
    karim = (await changes(friday))[-1][1]
    await friday.until("2026-11-30T09:05")

    assert await changes(friday) == [(None, karim), (karim, None)]
    assert shown(friday) == "Astreinte ce week-end : Karim."


async def test_the_hand_taken_off_takes_it_back(friday: Story) -> None:
    await friday.reacts("Karim", line(friday), "🙋")
    await friday.reacts("Karim", line(friday), "🙋", added=False)

    assert shown(friday).startswith(NOBODY)


async def test_its_answer_can_be_taken_back(friday: Story) -> None:
    await friday.reacts("Karim", line(friday), "🙋")
    answer = await friday.clicks("Karim", friday.last, "Annuler")

    assert answer == "C’est annulé : tu n’es plus d’astreinte."
    assert shown(friday).startswith(NOBODY)


async def test_a_volunteer_comes_before_who_is_always_on_call(friday: Story) -> None:
    await friday.says("Léa", "rôle astreinte Tom")
    await friday.reacts("Karim", line(friday), "🙋")
    await friday.until("2026-11-30T09:05")

    assert "Astreinte ce week-end : Karim et Tom." in shown(friday)
    assert "Tom" in await friday.says("Léa", "rôle astreinte")
    assert "Karim" not in await friday.says("Léa", "rôle astreinte")


async def test_naming_somebody_edits_the_line(friday: Story) -> None:
    await friday.says("Léa", "rôle astreinte Tom")

    assert shown(friday) == "Astreinte ce week-end : Tom."


async def test_a_weekend_that_is_over_is_told_so(friday: Story) -> None:
    await friday.until("2026-11-30T09:00")

    assert "Ces jours-là sont passés" in await friday.reacts("Karim", line(friday), "🙋")


async def test_an_observer_is_refused(friday: Story) -> None:
    await lower(friday, "Karim", Permission.OBSERVER)
    await friday.reacts("Karim", line(friday), "🙋")

    assert shown(friday).startswith(NOBODY)


@pytest.mark.parametrize("emoji", ["🚨", "✅", "⏰", "⏭️"])
async def test_what_acts_on_a_task_is_answered(friday: Story, emoji: str) -> None:
    assert "ne porte aucune tâche" in await friday.reacts("Karim", line(friday), emoji)


@pytest.mark.parametrize("emoji", ["👍", "❌", "1️⃣", "🎉"])
async def test_any_other_emoji_is_ignored(friday: Story, emoji: str) -> None:
    assert await friday.reacts("Karim", line(friday), emoji) == ""


@pytest.mark.parametrize("emoji", ["🙋", "🚨"])
async def test_on_the_proposal_it_is_answered(friday: Story, emoji: str) -> None:
    number = next(event.number for event in friday.events if event.place == "@lea" and "On ajoute" in event.text)

    assert "ne porte aucune tâche" in await friday.reacts("Léa", number, emoji)
    assert await friday.reacts("Léa", number, emoji, added=False) == ""
