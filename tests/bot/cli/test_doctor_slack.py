"""`vigie doctor` looks at Slack too, and says the fix."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from adapters.slack.manifest import SCOPES
from bot.cli._doctor_slack import examine_slack
from bot.clock import SystemClock, VirtualClock
from bot.config import load
from bot.platforms.grants import Grant
from storage.engines import open_engines
from storage.grants import open_vault
from storage.migrate import upgrade
from storage.store import open_store
from tests.adapters.slack.world import opened
from tests.fakes.slack import APP_TOKEN, BOT, BOT_TOKEN, SECRET, TEAM, FakeSlack
from tests.fakes.slack.installs import CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from bot.cli._doctor_slack import Row
    from bot.clock import Clock

KEY = Fernet.generate_key().decode()


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
    return await asyncio.to_thread(examine_slack, settings, clock or SystemClock())


async def test_everything_is_fine(slack: FakeSlack, tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path / 'vigie.db'}", "socket", slack=slack) as world:
        await world.set_up()
    rows = await _rows(slack, tmp_path)
    assert [fine for fine, _ in rows] == [True] * 5, rows
    assert any("#equipe" in said for _, said in rows)


async def test_a_database_without_tables_has_no_channel_yet(slack: FakeSlack, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "vigie.db")) as another:
        another.execute("CREATE TABLE something_else (id INTEGER)")
    rows = await _rows(slack, tmp_path)
    assert [fine for fine, _ in rows] == [True] * 5, rows


async def test_a_database_that_cannot_be_read_takes_no_other_line_along(slack: FakeSlack, tmp_path: Path) -> None:
    (tmp_path / "vigie.db").write_text("no database" * 100)
    assert [fine for fine, _ in await _rows(slack, tmp_path)] == [True, True, True, False, True]


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


async def test_tokens_in_each_others_place_are_said_to_be(slack: FakeSlack, tmp_path: Path) -> None:
    ((fine, said),) = await _rows(slack, tmp_path, more={"SLACK_BOT_TOKEN": APP_TOKEN, "SLACK_APP_TOKEN": BOT_TOKEN})
    assert (fine, "SLACK_BOT_TOKEN" in said, "xoxb-" in said) == (False, True, True)
    assert APP_TOKEN not in said


async def test_a_slack_whose_library_is_missing_is_said(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "adapters.slack.platform", None)
    ((fine, said),) = await _rows(slack, tmp_path)
    assert (fine, "--extra slack" in said) == (False, True), said


async def test_an_unreachable_slack_is_said(slack: FakeSlack, tmp_path: Path) -> None:
    rows = await _rows(slack, tmp_path, more={"SLACK_API_URL": "http://127.0.0.1:9/api/"})
    assert [fine for fine, _ in rows] == [False, False]


async def test_without_slack_there_is_nothing_to_say(slack: FakeSlack, tmp_path: Path) -> None:
    assert await _rows(slack, tmp_path, more={"SLACK_BOT_TOKEN": ""}) == []


@pytest.fixture
def several(slack: FakeSlack) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "", "SLACK_CLIENT_ID": CLIENT_ID,
        "SLACK_CLIENT_SECRET": CLIENT_SECRET, "SLACK_SIGNING_SECRET": SECRET, "VIGIE_ENCRYPTION_KEYS": KEY,
    }  # fmt: skip


async def _installed(slack: FakeSlack, folder: Path, token: str) -> None:
    address = f"sqlite:///{folder / 'vigie.db'}"
    engines = open_engines(address)
    upgrade(engines.write)
    engines.dispose()
    store = open_store(address, SystemClock())
    await open_vault(lambda: store, [KEY]).put(Grant("slack", TEAM, token, name="Atelier"))
    await store.close()


async def test_each_workspace_has_its_line(slack: FakeSlack, tmp_path: Path, several: dict[str, str]) -> None:
    await _installed(slack, tmp_path, BOT_TOKEN)
    rows = await _rows(slack, tmp_path, more=several)

    assert [fine for fine, _ in rows] == [True, True], rows
    assert "Atelier" in rows[1][1]


async def test_a_workspace_whose_token_is_refused_is_named(
    slack: FakeSlack, tmp_path: Path, several: dict[str, str]
) -> None:
    await _installed(slack, tmp_path, "xoxb-old")
    (wrong,) = [said for fine, said in await _rows(slack, tmp_path, more=several) if not fine]

    assert "Atelier" in wrong


@pytest.mark.parametrize(
    ("given", "words"),
    [({"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_SECRET"), ({"VIGIE_ENCRYPTION_KEYS": ""}, "VIGIE_ENCRYPTION_KEYS"),
     ({"VIGIE_ENCRYPTION_KEYS": "short"}, "VIGIE_ENCRYPTION_KEYS"), ({"SLACK_BOT_TOKEN": BOT_TOKEN}, "SLACK_BOT_TOKEN"),
     ({"VIGIE_ENCRYPTION_KEYS": Fernet.generate_key().decode()}, "VIGIE_ENCRYPTION_KEYS")],
)  # fmt: skip
async def test_what_keeps_several_workspaces_out_is_named(
    slack: FakeSlack, tmp_path: Path, several: dict[str, str], given: dict[str, str], words: str
) -> None:
    await _installed(slack, tmp_path, BOT_TOKEN)
    ((fine, said),) = await _rows(slack, tmp_path, more=several | given)

    assert (fine, words in said) == (False, True), said
