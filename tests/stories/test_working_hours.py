"""Working hours: what nobody asked for at that very moment waits for them, for the end of lunch, for a working day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.story import tell

if TYPE_CHECKING:
    from tests.story import Event, Story


def _posts(events: list[Event], place: str) -> list[str]:
    return [f"{one.at:%a %H:%M}" for one in events if one.kind == "post" and one.place.startswith(place)]


@pytest.mark.parametrize(("hours", "card"), [("10h-18h", "10:00"), ("7h-15h", "09:00")])
async def test_the_morning_card_comes_in_working_hours(hours: str, card: str, story: Story) -> None:
    await story.says("Léa", f"réglages horaires {hours}")
    await story.until("2026-11-24T06:00")

    assert _posts(await story.until("2026-11-24T11:00"), "#")[0] == f"Tue {card}"


async def test_a_team_that_works_on_other_days_is_told_on_those(current_address: str) -> None:
    async with tell(current_address, start="2026-11-27T18:00") as story:
        await story.says("Léa", "réglages jours mardi-samedi")
        shown = await story.until("2026-12-01T09:30")

    assert _posts(shown, "#") == ["Sat 09:00", "Tue 09:00"]


async def test_what_is_given_at_lunch_is_told_after_it(story: Story) -> None:
    await story.until("12:30")
    await story.says("Léa", "confier calendrier à Karim")

    assert _posts(await story.until("15:00"), "@karim") == ["Mon 14:00"]


async def test_what_is_given_in_the_evening_is_told_in_the_morning(story: Story) -> None:
    await story.says("Léa", "tâche ajouter Relire l’affiche d’ici vendredi pour Tom")
    await story.until("19:00")
    await story.says("Léa", "confier affiche à Karim")

    assert _posts(await story.until("2026-11-24T09:05"), "@karim") == ["Tue 09:00"]


async def test_a_reminder_of_one_s_own_comes_when_it_was_asked_for(story: Story) -> None:
    await story.says("Tom", "rappel aujourd’hui 21h15 éteindre l’enseigne")

    assert _posts(await story.until("22:00"), "@tom")[-1] == "Mon 21:15"


async def test_a_closure_is_as_quiet_as_a_sunday(story: Story) -> None:
    await story.says("Léa", "réglages fermeture 24 novembre")
    await story.until("2026-11-23T19:00")

    assert await story.until("2026-11-25T08:59") == []


async def test_what_is_carried_to_friday_is_not_carried_further(story: Story) -> None:
    await story.until("2026-11-28T10:00")

    assert "Contact influenceur" not in await story.says("Inès", "jour")
