"""`vigie run` with Discord's token, as a process of its own, before the fake Discord: killed, and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.cli._platforms import select_names
from bot.config import load
from tests.adapters.discord.world import SETUP, easy, eventually
from tests.bot.cli.test_run_slack import ended, free_port
from tests.fakes.discord import CHANNEL, GUILD, KARIM, LEA, TOKEN, FakeDiscord, Someone, shown

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
    """A press that nobody answered in time is done all the same, and said in private; so is what a reaction says.

    Discord delivers both again to the session that is resumed. When that is over, presses are lost (whoever pressed was
    told so by Discord) and reactions are compared.
    """
    lea, karim = Someone(discord, LEA), Someone(discord, KARIM)
    with running(tmp_path, address, discord, free_port) as process:
        await discord.gateway.ready()
        await eventually(lambda: discord.commands.get(""), PATIENCE)
        await lea.submits(await lea.types("/cm-equipe configurer"), **SETUP)
        await lea.types("/cm dire", ligne="rôle garde Karim")  # somebody is told at any hour
        first, second = await _alert(discord, "p/1"), await _alert(discord, "p/2")
        await discord.gateway.dispatch("GUILD_UPDATE", "nothing of the kind", GUILD)
        await _counted(free_port, "odd", 1)
        await _counted(free_port, "sent", 2)  # before that, no reaction is known to be on one of ours
        await killed(process)
    declared = len(discord.called("PUT /applications/"))

    discord.interactions.patience = 0.1  # as Discord's three seconds, to a process that takes longer to start
    lea.wait = False
    late = await lea.clicks(first, "C’est fait")
    await karim.reacts(second, "✅")
    with running(tmp_path, address, discord, free_port) as process:
        await eventually(lambda: _done(first) and _done(second), PATIENCE)
        await eventually(lambda: discord.posted(discord.direct(LEA)), PATIENCE)
        assert late.callback is None
        assert "Léa" in easy(shown(discord.posted(discord.direct(LEA))[-1]))
        assert len(discord.gateway.identified) == 1, "the session went on"
        await killed(process)

    discord.gateway.forget()
    await karim.reacts(second, "✅", added=False)
    with running(tmp_path, address, discord, free_port) as process:
        await eventually(lambda: not _done(second), PATIENCE)
        process.send_signal(signal.SIGTERM)
        code, said = await ended(process)
    assert (code, "Traceback" in said) == (0, False), said
    assert _done(first)
    assert len(discord.called("PUT /applications/")) == declared, "commands are declared once"


async def killed(process: subprocess.Popen[str]) -> None:
    """As the power going: nothing is said to anybody."""
    process.kill()
    await asyncio.to_thread(process.wait)


async def _alert(discord: FakeDiscord, address: str) -> dict[str, Any]:
    """The card of a new alert: in the channel in working time, else in private to who is on call."""

    def cards() -> list[dict[str, Any]]:
        there = [*discord.posted(CHANNEL), *discord.posted(discord.direct(KARIM))]
        return [one for one in there if address in shown(one)]

    await Someone(discord, LEA).types("/cm alerte", lien=f"https://facebook.com/{address}")
    await eventually(cards, PATIENCE)
    return cards()[0]


async def _counted(port: int, name: str, count: int) -> None:
    """Until `/metrics` says so."""
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"http://127.0.0.1:{port}/metrics") as page:
                if f'vigie_{name}_total{{platform="discord"}} {count}.0' in await page.text():
                    return
            await asyncio.sleep(0.05)


def _done(card: dict[str, Any]) -> bool:
    return "✓" in shown(card)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, ["web"]),
        ({"DISCORD_TOKEN": "x"}, ["discord"]),
        ({"DISCORD_TOKEN": "x", "SLACK_BOT_TOKEN": "y"}, ["slack", "discord"]),
    ],
)
def test_every_platform_whose_credentials_are_set_runs(given: dict[str, str], wanted: list[str]) -> None:
    assert list(select_names(None, load(given, file=None))) == wanted
    assert list(select_names("discord,web", load(given, file=None))) == ["discord", "web"]


async def test_a_refused_token_is_said_in_words(tmp_path: Path, discord: FakeDiscord, free_port: int) -> None:
    database = f"sqlite:///{tmp_path / 'vigie.db'}"
    with running(tmp_path, database, discord, free_port, DISCORD_TOKEN="wrong") as process:
        code, said = await ended(process)
    assert code == 2
    assert "DISCORD_TOKEN" in said
    assert "wrong" not in said
