"""What an emoji on the morning card does: to my own task, to nobody's, never by chance to a colleague's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.teams.member import Permission
from tests.stories.test_assign import lower

if TYPE_CHECKING:
    from tests.story import Story


async def card(story: Story) -> int:
    await story.until("09:00")
    return story.last


async def acts(story: Story) -> list[str]:
    return [one.act for one in await story.record() if one.subject == "item"]


@pytest.mark.parametrize("emoji", ["✅", "✔️", "☑️", "white_check_mark"])
async def test_done_ticks_my_only_task_in_silence(emoji: str, story: Story) -> None:
    number = await card(story)

    assert await story.reacts("Léa", number, emoji) == ""
    assert "✓ Veille du jour" in story.channel[0]


async def test_its_removal_reopens(story: Story) -> None:
    number = await card(story)
    await story.reacts("Léa", number)
    await story.reacts("Léa", number, added=False)

    assert await acts(story) == ["done", "reopen"]


async def test_with_another_face_of_it_left_nothing_reopens(story: Story) -> None:
    number = await card(story)
    await story.reacts("Léa", number)
    await story.reacts("Léa", number, "✔️")
    await story.reacts("Léa", number, "✔️", added=False)

    assert await acts(story) == ["done"]


async def test_taking_off_another_meaning_reopens_nothing(story: Story) -> None:
    number = await card(story)
    await story.reacts("Léa", number)
    await story.reacts("Léa", number, "⏭️")
    await story.reacts("Léa", number, "⏭️", added=False)

    assert await acts(story) == ["done"]


async def test_a_keycap_ticks_that_position(story: Story) -> None:
    number = await card(story)
    await story.reacts("Léa", number, "2️⃣")

    assert "11 h 30 ✓" in story.channel[0]


async def test_a_keycaps_removal_reopens_that_task(story: Story) -> None:
    number = await card(story)
    await story.reacts("Léa", number, "1️⃣")
    await story.reacts("Léa", number, "1️⃣", added=False)

    assert await acts(story) == ["done", "reopen"]


async def test_a_keycap_of_no_line_is_ignored(story: Story) -> None:
    number = await card(story)

    assert await story.reacts("Léa", number, "🔟") == ""
    assert await acts(story) == []


async def test_a_keycap_on_a_colleagues_line_needs_the_right(story: Story) -> None:
    await lower(story, "Tom", Permission.CONTRIBUTOR)
    number = await card(story)

    assert "que tes propres tâches" in await story.reacts("Tom", number, "1️⃣")
    assert await acts(story) == []


async def test_a_refusal_is_told_once(story: Story) -> None:
    await lower(story, "Tom", Permission.CONTRIBUTOR)
    number = await card(story)
    await story.reacts("Tom", number, "1️⃣")

    assert await story.reacts("Tom", number, "1️⃣") == ""


async def test_a_hand_on_a_colleagues_tasks_asks_which(story: Story) -> None:
    number = await card(story)

    assert "Que prends-tu ?" in await story.reacts("Léa", number, "🙋")
    assert await acts(story) == []


async def test_eyes_are_kept_once_and_never_done(story: Story) -> None:
    number = await card(story)
    await story.reacts("Léa", number, "👀")
    await story.reacts("Léa", number, "👍")

    assert await acts(story) == ["seen"]


async def test_a_clock_puts_off_by_an_hour_and_says_so(story: Story) -> None:
    number = await card(story)

    assert "je t’en reparle à 10 h" in await story.reacts("Léa", number, "⏰")


async def test_forward_skips(story: Story) -> None:
    number = await card(story)
    await story.reacts("Léa", number, "⏭️")

    assert "– Veille du jour" in story.channel[0]


async def test_a_cross_is_asked_about_and_changes_nothing(story: Story) -> None:
    number = await card(story)

    assert "❌ peut vouloir dire plusieurs choses" in await story.reacts("Léa", number, "❌")
    assert await acts(story) == []


@pytest.mark.parametrize("emoji", ["🙋", "🙋‍♀️", "🙋🏾‍♂️", "🙋‍♂", "woman-raising-hand", "man-raising-hand"])
async def test_a_raised_hand_is_a_raised_hand_whoever_is_drawn(emoji: str, story: Story) -> None:
    number = await card(story)

    assert "Que prends-tu ?" in await story.reacts("Léa", number, emoji)


async def test_a_cross_with_two_tasks_of_mine_asks_which(story: Story) -> None:
    await story.says("Léa", "confier calendrier à moi")
    number = await card(story)

    assert "Laquelle n’est pas pour cette fois ?" in await story.reacts("Léa", number, "❌")


@pytest.mark.parametrize("emoji", ["❤️", "🎉", "🙏", "😂"])
async def test_any_other_face_is_ignored_in_silence(emoji: str, story: Story) -> None:
    number = await card(story)

    assert await story.reacts("Léa", number, emoji) == ""
    assert await acts(story) == []


async def test_a_reaction_on_a_closed_task_says_since_when(story: Story) -> None:
    number = await card(story)
    await story.says("Karim", "fait veille")

    assert "Cette fiche est terminée depuis 9 h" in await story.reacts("Léa", number)


async def test_with_two_open_tasks_it_asks_which(story: Story) -> None:
    await story.says("Léa", "confier calendrier à moi")
    number = await card(story)

    assert "Laquelle" in await story.reacts("Léa", number)
    assert "done" not in await acts(story)
