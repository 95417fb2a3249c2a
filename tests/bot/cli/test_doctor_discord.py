"""`vigie doctor` looks at Discord too, and says the fix."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.cli._doctor_discord import examine_discord, permissions
from bot.clock import SystemClock, VirtualClock
from bot.config import load
from tests.adapters.discord.world import opened
from tests.fakes.discord import BOT, CHANNEL, GUILD, TOKEN, FakeDiscord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.cli._doctor_discord import Row
    from bot.clock import Clock


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    fake = await FakeDiscord().start()
    yield fake
    await fake.stop()


async def _rows(discord: FakeDiscord, folder: Path, *, clock: Clock | None = None, token: str = TOKEN) -> list[Row]:
    """The lines, looked up by another thread, as the command line has no loop."""
    own = {"DISCORD_TOKEN": token, "DISCORD_API_URL": discord.api}
    settings = load(own | {"DATABASE_URL": f"sqlite:///{folder / 'vigie.db'}"}, file=None)
    return await asyncio.to_thread(examine_discord, settings, clock or SystemClock())


async def _set_up(discord: FakeDiscord, folder: Path) -> None:
    async with opened(f"sqlite:///{folder / 'vigie.db'}", discord=discord) as world:
        await world.set_up()


async def test_everything_is_fine_and_the_invite_is_printed(discord: FakeDiscord, tmp_path: Path) -> None:
    await _set_up(discord, tmp_path)
    rows = await _rows(discord, tmp_path)
    assert [fine for fine, _ in rows] == [True] * 6, rows
    said = "\n".join(text for _, text in rows)
    assert f"client_id={BOT}&scope=bot+applications.commands&permissions=309237763136" in said
    assert "#equipe" in said


async def test_a_database_that_cannot_be_read_takes_no_other_line_along(discord: FakeDiscord, tmp_path: Path) -> None:
    (tmp_path / "vigie.db").write_text("no database" * 100)
    *others, last = await _rows(discord, tmp_path)
    assert not last[0]
    assert len(others) > 3


async def test_a_wrong_token_is_said_without_repeating_it(discord: FakeDiscord, tmp_path: Path) -> None:
    ((fine, said),) = await _rows(discord, tmp_path, token="not-the-token")
    assert not fine
    assert "DISCORD_TOKEN" in said
    assert "not-the-token" not in said


async def test_commands_that_are_not_declared_yet_are_said(discord: FakeDiscord, tmp_path: Path) -> None:
    wrong = [said for fine, said in await _rows(discord, tmp_path) if not fine]
    assert len(wrong) == 1
    assert "vigie run" in wrong[0]


async def test_a_permission_that_was_taken_away_is_named(discord: FakeDiscord, tmp_path: Path) -> None:
    await _set_up(discord, tmp_path)
    denied = {"id": GUILD, "type": 0, "allow": "0", "deny": str(1 << 16)}
    discord.channels[CHANNEL]["permission_overwrites"] = [denied]
    wrong = [said for fine, said in await _rows(discord, tmp_path) if not fine]
    assert len(wrong) == 1
    assert "#equipe" in wrong[0]


async def test_a_channel_that_is_hidden_is_said(discord: FakeDiscord, tmp_path: Path) -> None:
    await _set_up(discord, tmp_path)
    discord.hidden.add(CHANNEL)
    wrong = [said for fine, said in await _rows(discord, tmp_path) if not fine]
    assert len(wrong) == 1
    assert CHANNEL in wrong[0]


async def test_a_clock_that_is_off_is_said(discord: FakeDiscord, tmp_path: Path) -> None:
    await _set_up(discord, tmp_path)
    clock = VirtualClock(SystemClock().now().replace(year=2027))
    assert [fine for fine, _ in await _rows(discord, tmp_path, clock=clock)].count(False) == 1


async def test_a_discord_that_cannot_be_reached_is_said(discord: FakeDiscord, tmp_path: Path) -> None:
    settings = load({"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": "http://127.0.0.1:9/api"}, file=None)
    ((fine, _),) = await asyncio.to_thread(examine_discord, settings, SystemClock())
    assert not fine


def test_a_members_own_overwrite_wins_over_its_roles_and_theirs_over_everybodys() -> None:
    member = {"roles": ["r"], "user": {"id": "m"}}
    roles = [{"id": "g", "permissions": "1"}, {"id": "r", "permissions": "2"}, {"id": "x", "permissions": "64"}]
    overwrites = [
        {"id": "g", "allow": "4", "deny": "1"},
        {"id": "r", "allow": "1", "deny": "4"},
        {"id": "m", "allow": "0", "deny": "2"},
    ]
    assert permissions("g", member, roles, overwrites) == 1
