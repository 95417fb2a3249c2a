"""`vigie run` with Discord's token, as a process of its own, before the fake Discord: killed, and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.cli._running import chosen
from bot.config import load
from tests.adapters.discord.world import SETUP, easy, eventually
from tests.bot.cli.test_run_slack import ended, free_port
from tests.fakes.discord import CHANNEL, LEA, TOKEN, FakeDiscord, Someone, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

__all__ = ["free_port"]
PATIENCE = 60.0


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    fake = await FakeDiscord().start()
    fake.interactions.patience = 30.0  # the machines of tests are slow
    yield fake
    await fake.stop()


@contextmanager
def running(
    folder: Path, address: str, discord: FakeDiscord, port: int, **more: str
) -> Iterator[subprocess.Popen[str]]:
    """`vigie run` in a folder; killed if the test leaves it running."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "SLACK", "DISC"))}
    settings = {
        "VIGIE_PORT": str(port), "DATABASE_URL": address, "LC_ALL": "fr_FR.UTF-8", "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": discord.api, "DISCORD_GATEWAY_URL": discord.gateway_url, **more,
    }  # fmt: skip
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
    with subprocess.Popen(
        command, cwd=folder, env=clean | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def test_killed_and_started_again_it_makes_up_for_what_people_did(
    tmp_path: Path, discord: FakeDiscord, address: str, free_port: int
) -> None:
    lea = Someone(discord, LEA)
    with running(tmp_path, address, discord, free_port) as process:
        await discord.gateway.ready()
        await eventually(lambda: discord.commands.get(""), PATIENCE)
        asked = await lea.types("/cm-equipe configurer")
        await lea.submits(asked, **SETUP)
        mine = await lea.types("/cm jour")
        process.kill()
        await asyncio.to_thread(process.wait)
    assert mine.message is not None
    said_before = len(discord.called("PUT /applications/"))
    lea.wait = False
    late = await lea.clicks(mine.message, "C’est fait")

    with running(tmp_path, address, discord, free_port) as process:
        await asyncio.wait_for(late.answered.wait(), PATIENCE)
        await eventually(lambda: late.message is not None, PATIENCE)
        assert "Veille du jour · Léa" in easy(shown(late.message or {}))
        process.send_signal(signal.SIGTERM)
        code, said = await ended(process)
    assert (code, "Traceback" in said) == (0, False), said
    assert len(discord.called("PUT /applications/")) == said_before
    assert discord.posted(CHANNEL) == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, ["web"]),
        ({"DISCORD_TOKEN": "x"}, ["discord"]),
        ({"DISCORD_TOKEN": "x", "SLACK_BOT_TOKEN": "y"}, ["slack", "discord"]),
    ],
)
def test_every_platform_whose_credentials_are_set_runs(given: dict[str, str], wanted: list[str]) -> None:
    assert list(chosen(None, load(given, file=None))) == wanted
    assert list(chosen("discord,web", load(given, file=None))) == ["discord", "web"]


async def test_a_refused_token_is_said_in_words(tmp_path: Path, discord: FakeDiscord, free_port: int) -> None:
    database = f"sqlite:///{tmp_path / 'vigie.db'}"
    with running(tmp_path, database, discord, free_port, DISCORD_TOKEN="wrong") as process:
        code, said = await ended(process)
    assert code == 2
    assert "DISCORD_TOKEN" in said
    assert "wrong" not in said
