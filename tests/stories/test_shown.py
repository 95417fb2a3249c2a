"""An answer about the team is private; a button shows it to the channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.request import Clicked

if TYPE_CHECKING:
    from tests.story import Story


@pytest.mark.parametrize("line", ["jour équipe", "semaine équipe", "mois équipe", "qui"])
async def test_an_answer_about_the_team_can_be_shown_to_the_channel(story: Story, line: str) -> None:
    said = await story.says("Karim", line)
    assert "Montrer au canal" in said
    shown = story.platform.numbered(story.last)
    assert shown is not None
    button = next(one for one in shown.message.blocks if getattr(one, "action", "") == "show")

    reply = await story.reply("Karim", Clicked("show", getattr(button, "target", "")))

    assert reply.visibility == "channel"
    assert reply.message is not None
    assert "Montré par Karim" in str(reply.message)
    assert "Montrer au canal" not in str(reply.message)


async def test_my_own_day_is_not_offered_to_the_channel(story: Story) -> None:
    for line in ("jour", "semaine", "qui moi"):
        assert "Montrer au canal" not in await story.says("Léa", line)


async def test_the_channel_reads_it_in_the_teams_language(story: Story) -> None:
    await story.says("Karim", "lang en")
    assert "Show to the channel" in await story.says("Karim", "day team")
    reply = await story.reply("Karim", Clicked("show", "day team"))
    assert "Lundi 23" in str(reply.message).replace("\\xa0", " ")


async def test_private_reminders_are_not_shown(story: Story) -> None:
    await story.says("Karim", "rappel dentiste demain 9h")
    reply = await story.reply("Karim", Clicked("show", "week team"))
    assert "dentiste" not in str(reply.message)


@pytest.mark.parametrize("line", ["fait veille", "invented", "", "dire fait veille"])
async def test_nothing_but_what_looks_is_run_by_it(story: Story, line: str) -> None:
    reply = await story.reply("Karim", Clicked("show", line))
    assert (reply.visibility, reply.refused) == ("private", True)
