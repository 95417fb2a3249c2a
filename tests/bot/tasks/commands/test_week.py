"""The week and the month: by day, mine first, what is to come included, never more than twelve lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import TaskLine, Text, plain

if TYPE_CHECKING:
    from tests.story import Story


async def test_my_week_is_by_day_with_what_is_to_come(story: Story) -> None:
    answer = await story.says("Léa", "semaine")

    assert answer.count("○ Veille du jour · avant 12 h") == 5
    assert "Mardi 24 novembre" in answer


async def test_the_teams_week_stops_at_twelve_lines(story: Story) -> None:
    await story.says("Léa", "semaine équipe")
    message = story._shown(story.last).message

    assert len([block for block in message.blocks if isinstance(block, TaskLine)]) == 12
    assert any("autres" in plain(block.line) for block in message.blocks if isinstance(block, Text))


async def test_what_is_done_leaves_the_list_and_counts(story: Story) -> None:
    await story.says("Léa", "fait veille")
    answer = await story.says("Léa", "semaine")

    assert answer.count("Veille du jour") == 4
    assert "Équipe : 1 sur 16" in answer


async def test_mine_comes_first_in_each_day(story: Story) -> None:
    answer = (await story.says("Tom", "semaine équipe")).split("\n")

    assert answer[answer.index("Lundi 23 novembre") + 1].startswith("○ Calendrier éditorial")


async def test_the_month_leaves_out_what_comes_every_day(story: Story) -> None:
    answer = await story.says("Inès", "mois")

    assert "Veille du jour" not in answer
    assert answer.count("Contact influenceur") == 2


async def test_with_nothing_left_it_says_so(story: Story) -> None:
    assert "Plus rien pour toi ce mois-ci." in await story.says("Léa", "mois")


async def test_somebody_elses_private_reminder_is_not_shown(story: Story) -> None:
    await story.says("Léa", "rappel demain 10h appeler le dentiste")

    assert "dentiste" not in await story.says("Tom", "semaine équipe")
    assert "dentiste" in (await story.says("Léa", "semaine"))
