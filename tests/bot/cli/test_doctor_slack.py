"""`vigie doctor` looks at Slack too, and says the fix."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.slack.manifest import SCOPES
from bot.cli._doctor_slack import in_slack
from bot.clock import SystemClock, VirtualClock
from bot.config import load
from tests.adapters.slack.world import opened
from tests.fakes.slack import APP_TOKEN, BOT, BOT_TOKEN, FakeSlack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from bot.cli._doctor_slack import Row
    from bot.clock import Clock


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = await FakeSlack().start()
    fake.scopes = ",".join(SCOPES)
    yield fake
    await fake.stop()


async def _rows(
    slack: FakeSlack, folder: Path, *, clock: Clock | None = None, more: Mapping[str, str] | None = None
) -> list[Row]:
    """The lines, looked up by another thread, as the command line has no loop."""
    own = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": slack.base}
    settings = load(own | {"DATABASE_URL": f"sqlite:///{folder / 'vigie.db'}"} | dict(more or {}), file=None)
    return await asyncio.to_thread(in_slack, settings, clock or SystemClock())


async def test_everything_is_fine(slack: FakeSlack, tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path / 'vigie.db'}", "socket", slack=slack) as world:
        await world.set_up()
    rows = await _rows(slack, tmp_path)
    assert [fine for fine, _ in rows] == [True] * 5, rows
    assert any("#equipe" in said for _, said in rows)


async def test_a_missing_scope_is_named(slack: FakeSlack, tmp_path: Path) -> None:
    slack.scopes = ",".join(set(SCOPES) - {"reactions:read"})
    wrong = [said for fine, said in await _rows(slack, tmp_path) if not fine]
    assert len(wrong) == 1
    assert "reactions:read" in wrong[0]


async def test_a_channel_without_the_bot_is_named(slack: FakeSlack, tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path / 'vigie.db'}", "socket", slack=slack) as world:
        await world.set_up()
    slack.members["C0EQUIPE"].discard(BOT)
    wrong = [said for fine, said in await _rows(slack, tmp_path) if not fine]
    assert len(wrong) == 1
    assert "/invite @Vigie" in wrong[0]


async def test_a_clock_that_is_off_is_said(slack: FakeSlack, tmp_path: Path) -> None:
    late = VirtualClock(SystemClock().now().replace(year=2020))
    assert len([said for fine, said in await _rows(slack, tmp_path, clock=late) if not fine]) == 1


@pytest.mark.parametrize(
    ("given", "variable"),
    [({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN"), ({"SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_APP_TOKEN"),
     ({"SLACK_APP_TOKEN": ""}, "SLACK_SIGNING_SECRET")],
)  # fmt: skip
async def test_a_wrong_credential_is_named(
    slack: FakeSlack, tmp_path: Path, given: dict[str, str], variable: str
) -> None:
    wrong = [said for fine, said in await _rows(slack, tmp_path, more=given) if not fine]
    assert len(wrong) == 1
    assert variable in wrong[0]


async def test_an_unreachable_slack_is_said(slack: FakeSlack, tmp_path: Path) -> None:
    rows = await _rows(slack, tmp_path, more={"SLACK_API_URL": "http://127.0.0.1:9/api/"})
    assert [fine for fine, _ in rows] == [False, False]


async def test_without_slack_there_is_nothing_to_say(slack: FakeSlack, tmp_path: Path) -> None:
    assert await _rows(slack, tmp_path, more={"SLACK_BOT_TOKEN": ""}) == []
