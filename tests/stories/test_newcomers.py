"""Somebody whom Vigie does not know yet is mentioned: they are a member from that line on, and it is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.cli import _demo_team as demo
from bot.request import Request, Typed
from tests.story import easy

if TYPE_CHECKING:
    from tests.story import Story


async def says(story: Story, line: str) -> str:
    """Léa types a line in which <@U9>, a colleague of the workspace, is mentioned."""
    key = f"newcomer-{next(story.keys)}"
    request = Request(
        key, "console", demo.WORKSPACE, "lea", Typed(line), story.place.channel, people={"U9": "Nora"}
    )  # fmt: skip
    reply = await story.app.pipeline.receive(request)
    await story.app.engine.settle()
    assert reply.message is not None
    return easy(reply.message)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("confier veille à <@U9>", "C’est confié à Nora"),
        ("rappel <@U9> demain 9h appeler Paul", "Rappel pour Nora"),
        ("tâche ajouter Relire demain 9h pour <@U9>", "Relire · Nora"),
        ("tâche modifier veille pour <@U9>", "Veille du jour · Nora"),
        ("checklist lancer article pour <@U9>", "Article de blog · Nora"),
        ("sauter veille <@U9>", "[1 Confier à Nora]"),
        ("rôle veille <@U9>", "Veille · Nora"),
    ],
)
async def test_what_is_said_for_them_is_theirs(line: str, said: str, story: Story) -> None:
    assert said in await says(story, line)


async def test_what_they_were_given_is_in_their_list(story: Story) -> None:
    await says(story, "confier veille à <@U9>")

    assert "Veille du jour" in await story.says("U9", "jour")
