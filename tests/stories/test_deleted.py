"""A card that somebody has deleted is no failed delivery: nobody is told, and the next act or day posts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.request import Reacted

if TYPE_CHECKING:
    from tests.story import Story


@pytest.fixture
async def deleted(story: Story) -> Story:
    """The morning card was posted, and a person has deleted it."""
    await story.until("09:00")
    await erase(story, story.last)
    return story


async def erase(story: Story, number: int) -> None:
    shown = story.platform.numbered(number)
    assert shown is not None
    assert shown.ref is not None
    await story.platform.delete(shown.ref)


def cards(story: Story) -> list[str]:
    return [text for text in story.channel if text.startswith("Lundi 23")]


async def test_the_next_act_posts_it_again(deleted: Story) -> None:
    await deleted.says("Léa", "fait veille")

    [card] = cards(deleted)
    assert "✓ Veille du jour" in card


async def test_the_acts_after_that_edit_the_new_card(deleted: Story) -> None:
    await deleted.says("Léa", "fait veille")
    await deleted.says("Tom", "fait calendrier")

    [card] = cards(deleted)
    assert "✓ Calendrier éditorial" in card


async def test_the_new_card_takes_reactions(deleted: Story) -> None:
    await deleted.says("Tom", "fait calendrier")
    number = max(event.number for event in deleted.events if event.text.startswith("Lundi 23"))
    await deleted.reacts("Léa", number)

    assert "✓ Veille du jour" in cards(deleted)[0]


async def test_deleted_again_it_is_posted_again(deleted: Story) -> None:
    await deleted.says("Léa", "fait veille")
    await erase(deleted, max(event.number for event in deleted.events if event.text.startswith("Lundi 23")))
    await deleted.says("Tom", "fait calendrier")

    assert len(cards(deleted)) == 1


async def test_nobody_is_told_of_a_failure(deleted: Story) -> None:
    await deleted.says("Léa", "fait veille")
    await deleted.until("18:00")

    assert not [text for text in deleted.private("Léa") if "pu partir" in text]


async def test_the_next_day_has_its_card(deleted: Story) -> None:
    await deleted.until("2026-11-24T09:05")

    assert len([text for text in deleted.channel if text.startswith("Mardi 24")]) == 1


async def test_what_would_have_joined_a_deleted_card_is_posted(deleted: Story) -> None:
    """The third message of the channel's day joins the last one as an edit, which is gone."""
    await deleted.until("10:30")
    for event in [event for event in deleted.events if event.place.startswith("#") and event.kind == "post"]:
        shown = deleted.platform.numbered(event.number)
        if shown is not None and shown.ref is not None:
            await deleted.platform.delete(shown.ref)
    await deleted.says("Inès", "fait influenceur")

    assert any("Contact" in text for text in deleted.channel)


async def test_a_private_message_stays_deleted(story: Story) -> None:
    await story.until("11:50")
    number = next(event.number for event in story.events if event.place == "@lea" and "veille" in event.text)
    await erase(story, number)
    await story.says("Léa", "fait veille")

    assert not [text for text in story.private("Léa") if "veille" in text.lower()]


async def test_a_card_of_the_day_before_stays_deleted(story: Story) -> None:
    await story.until("09:00")
    number = story.last
    await story.until("2026-11-24T08:00")
    await erase(story, number)
    await story.says("Léa", "fait influenceur")

    assert len(cards(story)) <= 1
    assert not [text for text in story.private("Léa") if "pu partir" in text]


async def test_a_reaction_on_the_deleted_message_changes_nothing(story: Story) -> None:
    await story.until("09:00")
    shown = story.platform.numbered(story.last)
    assert shown is not None
    assert shown.ref is not None
    await story.platform.delete(shown.ref)
    await story.says("Tom", "fait calendrier")

    assert await story.does("Léa", Reacted("✅", shown.ref, True)) == ""
