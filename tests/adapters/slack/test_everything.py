"""Everything that the product can say in Slack, before every judge that is here: commands, presses, nudges, home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.i18n import LANGUAGES, Language
from bot.registry import load
from tests.adapters.slack.world import World, opened
from tests.fakes.slack.people import interactive

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ODD = ("Fête du 🎉 réseau", "*gras* _et_ `code`", "a < b & c > d", "« l’été, à Noël »", "👩🏽‍💻 veille n° 2", "x" * 80)


@pytest.fixture
async def world(sqlite_address: str) -> AsyncIterator[World]:
    """It ends with an assertion: nothing that was sent was refused by a judge."""
    async with opened(sqlite_address, "http") as made:
        await made.set_up()
        yield made


async def _says(world: World, line: str) -> dict[str, Any]:
    lea = world.people["Léa"]
    assert await lea.types(line) is not None, line
    await world.settle()
    return world.slack.shown_to(lea.user)[-1]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_example_of_every_command(world: World, language: Language) -> None:
    await _says(world, f"lang {language}")
    said = 0
    for command in load().commands.values():
        guide = command.guide(language)
        for line in (command.names.shown(language), *guide.examples):
            await _says(world, line)
            said += 1
    assert said >= 2 * len(load().commands)
    assert world.slack.views, "some of them are forms"


async def test_every_button_of_the_days_cards(world: World) -> None:
    await world.until("2026-11-23T09:00")
    for line in ("jour", "jour équipe", "tâche lister", "checklist", "réglages", "influenceur", "qui", "aide"):
        shown = await _says(world, line)
        for element in list(interactive(shown)):
            if element["type"] == "button":
                await world.people["Léa"].clicks(shown, element["text"]["text"])
                await world.settle()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_two_weeks_of_nudges(world: World, language: Language) -> None:
    await _says(world, f"{'langue' if language == 'fr' else 'settings language'} {language}")
    await _says(world, "settings language en" if language == "en" else "réglages langue fr")
    await _says(world, "influencer add @studio.mirabelle Instagram")
    await world.people["Léa"].opens_home()
    await world.until("2026-12-04T19:00")
    kinds = await world.app.store.read(
        lambda tx: {one for posting in tx.postings.out(tx.teams.ids()[0], 500) for one in posting.kind.split("+")}
    )
    assert {"morning", "recap", "influencer", "statistics"} <= kinds
    assert world.slack.homes["U0LEA"]["blocks"]


async def test_odd_titles_and_more_tasks_than_a_card_shows(world: World, pytestconfig: pytest.Config) -> None:
    count = 500 if pytestconfig.getoption("--long") else 40
    for number in range(count):
        await world.people["Léa"].types(f"tâche ajouter {number} {ODD[number % len(ODD)][:70]} chaque jour à 10h")
    await world.until("2026-11-24T18:00")
    for line in ("jour", "jour équipe", "semaine équipe", "tâche lister", "tâche lister 2", "qui", "historique"):
        await _says(world, line)
    await world.people["Léa"].opens_home()
    assert world.slack.homes["U0LEA"]["blocks"]
