"""One act, three triggers: whatever ticks a task, the same happens, and it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.story import Story


async def test_a_command_ticks_and_the_morning_card_shows_it(story: Story) -> None:
    assert "Veille du jour · Léa, 8 h 55" in await story.says("Léa", "fait veille")

    await story.until("09:00")

    assert "✓ Veille du jour · Léa, 8 h 55" in story.channel[-1]
