"""A card with more open tasks than a question lists: every emoji on it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


@pytest.mark.parametrize("emoji", ["🚨", "❌", "✅"])
async def test_an_emoji_on_a_card_of_many_tasks_asks_which_one(story: Story, emoji: str) -> None:
    for number in range(6):
        await story.says("Léa", f"tâche ajouter Brief numéro {number} aujourd’hui 18h")
    await story.until("09:05")
    card = next(event.number for event in story.events if event.place.startswith("#"))

    answer = await story.reacts("Léa", card, emoji)

    assert "réf." not in answer
    assert "?" in answer
