"""Counts on cards are those of the lines that are drawn, whatever the states of the items behind them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import LANGUAGES, Words, texts
from bot.message import TaskLine, Text, plain
from bot.tasks.cards.day import my_day, team_day
from bot.tasks.cards.item import Lines, by_task, tally
from bot.tasks.checklist import Item, State
from bot.tasks.task import Closing, Task
from bot.teams.member import Member, Permission
from bot.teams.roster import Roster
from bot.teams.team import Team
from tests.story import easy

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.message import Message

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
TEAM = Team("t", "Atelier", "fr", "Europe/Paris", "FR", None)
LEA, TOM = Member("t", "lea", "Léa", Permission.LEAD), Member("t", "tom", "Tom")
ROSTER = Roster(TEAM, [LEA, TOM], [])


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    """Draw items of few tasks and holders, so that several share a line: any state, deadline, start and privacy."""
    drawn = []
    for number in range(draw(st.integers(0, 9))):
        key = draw(st.sampled_from(["a", "b", "c", "d"]))
        private = key == "d"
        state = draw(st.sampled_from(list(State)))
        start = NOW - timedelta(hours=draw(st.sampled_from([-2, 1, 5, 30])))
        deadline = draw(
            st.sampled_from([None, NOW - timedelta(days=2), NOW - timedelta(hours=1), NOW + timedelta(hours=2)])
        )
        closed_at = None if state is State.OPEN else NOW - timedelta(minutes=draw(st.integers(0, 3000)))
        drawn.append(
            Item("t", f"i{number}", "r", Task(key, Words(key, key), Words(key, key), "x", private=private), start,
                 deadline, Closing.CARRY, holder=draw(st.sampled_from(["lea", "tom", None])), state=state,
                 closed_by=None if state is State.OPEN else "lea", closed_at=closed_at)
        )  # fmt: skip
    return drawn


def task_lines(message: Message) -> list[TaskLine]:
    return [block for block in message.blocks if isinstance(block, TaskLine)]


def counts(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text.partition("·")[2] or text)]


@given(items())
@settings(max_examples=200, deadline=None)
def test_the_progress_of_a_team_s_card_counts_its_lines(drawn: list[Item]) -> None:
    shared = [item for item in drawn if not item.task.private]
    card = team_day(ROSTER, texts("fr"), list(enumerate(shared, 1)), NOW.date(), NOW)

    lines = task_lines(card)
    done, total, *skipped = counts(card.summary)
    assert total == len(lines)
    assert done == sum(line.state == "done" for line in lines)
    assert sum(skipped) == sum(line.state == "skipped" for line in lines)


@given(items())
@settings(max_examples=200, deadline=None)
def test_a_member_s_own_count_is_that_of_their_lines_and_the_team_s_leaves_private_reminders_out(
    drawn: list[Item],
) -> None:
    card = my_day(ROSTER, texts("fr"), drawn, "lea", NOW)

    lines = task_lines(card)
    head = next(block for block in card.blocks if isinstance(block, Text))
    assert counts(plain(head.line))[:1] == ([len(lines)] if lines else [])
    team = [plain(block.line) for block in card.blocks if isinstance(block, Text) and block.style == "note"]
    shared = tally(by_task([item for item in drawn if not item.task.private]))
    assert not team or counts(team[-1])[:2] == [shared.done, shared.total]


@given(items())
@settings(max_examples=200, deadline=None)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_of_the_channel_tells_no_past_deadline(language: Language, drawn: list[Item]) -> None:
    card = team_day(ROSTER, texts(language), list(enumerate(drawn, 1)), NOW.date(), NOW)

    assert all(line.state != "late" for line in task_lines(card))
    assert not re.search("prévue|was due", easy(card))


def test_a_line_of_a_skipped_and_a_done_slot_shows_both() -> None:
    task = Task("a", Words("Messages", "Messages"), Words("a", "a"), "x")
    slots = [
        Item("t", f"i{hour}", "r", task, NOW.replace(hour=hour), None, Closing.DROP, "tom", state, "tom", NOW)
        for hour, state in ((10, State.SKIPPED), (11, State.DONE))
    ]

    line = Lines(ROSTER, texts("fr"), NOW).block(1, slots)

    assert plain(line.line).replace("\u202f", " ") == "Messages · Tom · 11 h – et 12 h ✓"
    assert tally([slots]) == (1, 1, 0)
