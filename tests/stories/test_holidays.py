"""A week-end with a public holiday: Easter 2027 in France, whose Sunday also changes the clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.story import tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.i18n import Language
    from tests.story import Event, Story

FRIDAY, TUESDAY = "2027-03-26T08:00", "2027-03-30"
WAITED = {
    "fr": "Lundi était férié. À regarder d’abord : les messages depuis vendredi 18 h.",
    "en": "Monday was a holiday. To look at first: messages since Friday 18:00.",
}


def _posts(events: list[Event]) -> list[tuple[str, str]]:
    return [(f"{one.at:%a %H:%M}", one.place[0]) for one in events if one.kind == "post"]


@pytest.fixture
async def easter(current_address: str) -> AsyncIterator[Story]:
    async with tell(current_address, start=FRIDAY) as story:
        yield story


async def test_nothing_is_said_from_friday_evening_to_tuesday_morning(easter: Story) -> None:
    await easter.until("2027-03-26T18:00")

    assert await easter.until(f"{TUESDAY}T08:59") == []


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_first_card_begins_with_what_has_waited(current_address: str, language: Language) -> None:
    async with tell(current_address, start=FRIDAY, language=language) as story:
        await story.until(f"{TUESDAY}T09:00")

        assert story.channel[-1].splitlines()[1] == WAITED[language]


async def test_what_comes_on_monday_comes_on_tuesday_and_once(easter: Story) -> None:
    shown = await easter.until("2027-04-02T18:00")

    rituals = [one for one in shown if one.kind == "post" and one.text.startswith("Contact de la semaine")]
    assert [f"{one.at:%a %d %H:%M}" for one in rituals] == ["Tue 30 10:00"]


async def test_friday_s_line_says_until_when_an_alert_waits(easter: Story) -> None:
    await easter.until("2027-03-26T17:00")

    assert any(text.startswith("Jusqu’à mardi 9 h, personne d’astreinte") for text in easter.channel)


async def test_a_reminder_asked_for_on_the_holiday_is_said_then(easter: Story) -> None:
    await easter.says("Tom", "rappel lundi 29 mars 15h arroser les plantes")

    shown = await easter.until(f"{TUESDAY}T08:59")

    assert [f"{one.at:%a %H:%M}" for one in shown if one.place == "@tom" and "plantes" in one.text] == ["Mon 15:00"]


async def test_a_task_given_on_the_holiday_is_told_on_tuesday(easter: Story) -> None:
    await easter.says("Léa", "tâche ajouter Relire l’affiche d’ici mercredi 31 mars pour Tom")
    await easter.until("2027-03-29T11:00")
    await easter.says("Léa", "confier affiche à Karim")

    shown = await easter.until(f"{TUESDAY}T12:00")

    assert [f"{one.at:%a %H:%M}" for one in shown if one.place == "@karim" and "confie" in one.text] == ["Tue 09:00"]


FIRST = "À regarder d’abord : les messages depuis"
CLOSURES = [
    ("24 novembre", "2026-11-25", f"Fermé mardi. {FIRST} lundi 18 h."),
    ("du 24 au 27 novembre", "2026-11-30", f"Fermé depuis le 24 novembre. {FIRST} le 23 novembre à 18 h."),
    ("du 24 novembre au 4 décembre", "2026-12-07", f"Fermé depuis le 24 novembre. {FIRST} le 23 novembre à 18 h."),
]


@pytest.mark.parametrize(("days", "back", "said"), CLOSURES)
async def test_a_closure_of_the_team_s_own_is_no_holiday(story: Story, days: str, back: str, said: str) -> None:
    await story.says("Léa", f"réglages fermeture {days}")

    await story.until(f"{back}T09:00")

    assert any(card.splitlines()[1] == said for card in story.channel)


async def test_friday_s_line_before_a_long_closure_names_the_date(story: Story) -> None:
    await story.says("Léa", "réglages fermeture du 28 novembre au 8 décembre")

    await story.until("2026-11-27T17:00")

    assert any(
        "Jusqu’au 9 décembre à 9 h, personne d’astreinte : une alerte attendra." in card for card in story.channel
    )
