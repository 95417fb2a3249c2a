"""The recap's one question: the day's publications go to the next working day, end here, or are settled one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.discord.custom_id import Mark, fits
from bot.ids import new_id
from bot.request import Clicked
from bot.tasks.opening import open_run
from bot.tasks.task import Closing
from bot.teams.roster import roster

if TYPE_CHECKING:
    from bot.ports import Tx
    from tests.story import Story


@pytest.fixture
async def asked(story: Story) -> Story:
    """Three of Tom's tasks are left on Monday evening, and each of them asks what becomes of it."""

    def write(tx: Tx) -> None:
        team = tx.teams.get(story.place.team)
        calendar = tx.templates.keyed(story.place.team, "calendar")
        assert team is not None
        assert calendar is not None
        for name in ("one", "two", "three"):
            task = replace(
                calendar.tasks[0], key=name, title=replace(calendar.tasks[0].title, fr=f"Publication {name}")
            )
            template = replace(
                calendar, id=new_id(tx.now), key=name, tasks=(task,), rhythm=None, deadline=None, closing=Closing.ASK
            )
            tx.templates.add(template)
            open_run(tx, roster(tx, team), template, team.local(tx.now))

    await story.app.store.write(write)
    await story.until("17:31")
    return story


def recap(story: Story) -> int:
    """The number of Tom's recap."""
    [number] = [one.number for one in story.events if one.place == "@tom" and " Reporter à demain]" in one.text]
    return number


async def test_three_things_are_one_question_whose_buttons_fit_on_discord(asked: Story) -> None:
    shown = asked._shown(recap(asked))
    marks = [Mark(one.action, one.target, "9" * 19, shown.key) for one in shown.message.blocks if one.kind == "button"]

    assert [one.action for one in marks if one.action != "done"][:3] == ["carry", "let_go", "choose"]
    assert all(fits(one) for one in marks)


async def test_all_of_them_go_to_the_next_working_day(asked: Story) -> None:
    await asked.clicks("Tom", recap(asked), "Reporter à demain")
    await asked.until("2026-11-24T09:00")

    assert all(f"Publication {name}" in asked.channel[-1] for name in ("one", "two", "three"))


async def test_all_of_them_end_here(asked: Story) -> None:
    await asked.clicks("Tom", recap(asked), "Ne pas reporter")
    await asked.until("2026-11-24T09:00")

    assert "Publication" not in asked.channel[-1]


async def test_one_by_one_each_has_its_buttons(asked: Story) -> None:
    answer = await asked.clicks("Tom", recap(asked), "Choisir")

    assert answer.count("C’est fait") == 3


async def test_pressed_twice_they_are_settled_already(asked: Story) -> None:
    press = Clicked("let_go", "", asked._shown(recap(asked)).ref)
    await asked.does("Tom", press)

    assert "Tout cela est déjà réglé" in await asked.does("Tom", press)
