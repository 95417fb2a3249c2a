"""Teams that do not work from Monday to Friday: each day's card is that day's, and the week ends when theirs does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.story import Story


def _posted(story: Story, words: str) -> list[str]:
    return [f"{one.at:%a %H:%M}" for one in story.events if one.kind == "post" and words in one.text]


async def test_a_team_that_ends_on_thursday_reads_its_line_then(story: Story) -> None:
    await story.says("Léa", "réglages jours lundi-jeudi")

    await story.until("2026-11-30T12:00")

    assert _posted(story, "d’astreinte") == ["Thu 16:30"]
    assert _posted(story, "On ajoute quelque chose") == ["Thu 16:30"]
    assert any(card.startswith("Lundi 30 novembre\n") for card in story.channel)


async def test_a_card_that_joins_what_has_waited_is_of_its_own_day(story: Story) -> None:
    await story.says("Léa", "réglages jours mardi-samedi")

    await story.until("2026-12-01T12:00")

    heads = [card.splitlines()[0] for card in story.channel]
    assert "Mardi 1er décembre" in heads
    assert "Lundi 30 novembre" not in heads


async def test_a_team_of_one_day_reads_everything_on_it(story: Story) -> None:
    await story.says("Léa", "réglages jours lundi")

    await story.until("2026-11-30T17:00")

    assert any("d’astreinte" in card for card in story.channel)
    assert any(card.startswith("Lundi 30 novembre\n") for card in story.channel)
