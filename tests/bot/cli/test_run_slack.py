"""`vigie run` with Slack's credentials, as a process of its own, before the fake Slack."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from cryptography.fernet import Fernet

from tests.adapters.slack.world import SETUP, eventually
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SECRET, TEAM, FakeSlack, shown
from tests.fakes.slack.installs import CLIENT_ID, CLIENT_SECRET
from tests.fakes.slack.people import Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from tests.bot.cli.conftest import Ran

PATIENCE = 60.0


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = await FakeSlack().start()
    yield fake
    await fake.stop()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, slack: FakeSlack, port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    """`vigie run` in a folder; killed if the test leaves it running."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "SLACK", "DISC"))}
    settings = {
        "VIGIE_PORT": str(port), "DATABASE_URL": f"sqlite:///{folder / 'vigie.db'}", "LC_ALL": "fr_FR.UTF-8",
        "SLACK_API_URL": slack.base, "SLACK_BOT_TOKEN": BOT_TOKEN, **more,
    }  # fmt: skip
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
    with subprocess.Popen(
        command, cwd=folder, env=clean | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    return process.returncode, said


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_it_sets_a_team_up_and_stops_clean(tmp_path: Path, slack: FakeSlack, mode: str, free_port: int) -> None:
    own = {"SLACK_APP_TOKEN": APP_TOKEN} if mode == "socket" else {"SLACK_SIGNING_SECRET": SECRET}
    slack.target = f"http://127.0.0.1:{free_port}/slack/events" if mode == "http" else ""
    lea = Someone(slack, "U0LEA")
    with running(tmp_path, slack, free_port, **own) as process:
        await _listening(slack, mode, process)
        await lea.types("configurer")
        await lea.submits(next(reversed(slack.views.values())), SETUP)
        await eventually(lambda: any("J’ai compris" in shown(one) for one in slack.shown_to("U0LEA")), PATIENCE)
        assert await _asked(free_port, "healthz", "metrics") == [200, 200]
        async with asyncio.timeout(PATIENCE):  # it is ready when the first tick has ended
            while await _asked(free_port, "readyz") != [200]:  # noqa: ASYNC110  # another process decides when
                await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        code, said = await ended(process)
    assert (code, "Traceback" in said) == (0, False), said
    assert "token" not in said, "a library warns whoever follows our guide"


async def test_workspaces_install_the_app_themselves(tmp_path: Path, slack: FakeSlack, free_port: int) -> None:
    own = {"SLACK_BOT_TOKEN": "", "SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": CLIENT_SECRET,
           "SLACK_SIGNING_SECRET": SECRET, "VIGIE_ENCRYPTION_KEYS": Fernet.generate_key().decode()}  # fmt: skip
    slack.target = f"http://127.0.0.1:{free_port}/slack/events"
    with running(tmp_path, slack, free_port, **own) as process:
        await _listening(slack, "http", process)
        async with aiohttp.ClientSession() as http:
            async with http.get(f"http://127.0.0.1:{free_port}/slack/install") as page:
                assert page.status == 200
                state = page.cookies["slack-app-oauth-state"].value
            query = {"code": slack.installs.allowed(TEAM), "state": state}
            headers = {"Cookie": f"slack-app-oauth-state={state}"}
            redirect = f"http://127.0.0.1:{free_port}/slack/oauth_redirect"
            async with http.get(redirect, params=query, headers=headers) as page:
                assert page.status == 200, await page.text()
        lea = Someone(slack, "U0LEA")
        await lea.types("configurer")
        await lea.submits(next(reversed(slack.views.values())), SETUP)
        await eventually(lambda: any("J’ai compris" in shown(one) for one in slack.shown_to("U0LEA")), PATIENCE)
        process.send_signal(signal.SIGTERM)
        code, said = await ended(process)
    assert (code, "Traceback" in said) == (0, False), said
    assert [one for one in ("xox", CLIENT_SECRET, "OAuth") if one in said] == []


async def _asked(port: int, *paths: str) -> list[int]:
    """What the one port answers to whoever watches."""
    found = []
    async with aiohttp.ClientSession() as http:
        for path in paths:
            async with http.get(f"http://127.0.0.1:{port}/{path}") as answer:
                found.append(answer.status)
    return found


async def _listening(slack: FakeSlack, mode: str, process: subprocess.Popen[str]) -> None:
    """Until deliveries are taken."""
    async with asyncio.timeout(PATIENCE):
        if mode == "socket":
            await eventually(lambda: len(slack.sockets) == 2 or process.poll() is not None, PATIENCE)
            return
        body = b"{}"
        while True:
            try:
                status, _ = await slack.send(body, slack.signed(body))
            except OSError:
                status = 0
            if status not in (0, 503):
                return
            await asyncio.sleep(0.1)


async def test_a_refused_token_is_said_in_words(tmp_path: Path, slack: FakeSlack, free_port: int) -> None:
    with running(tmp_path, slack, free_port, SLACK_APP_TOKEN="xapp-wrong") as process:
        code, said = await ended(process)
    assert code == 2, said
    assert "SLACK_APP_TOKEN" in said
    assert "Traceback" not in said


async def test_socket_mode_switched_off_ends_it_in_words(tmp_path: Path, slack: FakeSlack, free_port: int) -> None:
    with running(tmp_path, slack, free_port, SLACK_APP_TOKEN=APP_TOKEN) as process:
        await _listening(slack, "socket", process)
        await slack.disconnect("link_disabled")
        code, said = await ended(process)
    assert code == 2, said
    assert "Socket Mode" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("variables", "named"), [
    ({"SLACK_BOT_TOKEN": APP_TOKEN, "SLACK_APP_TOKEN": BOT_TOKEN}, "SLACK_BOT_TOKEN"),
    ({"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET"),
    ({"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": "   "}, "SLACK_SIGNING_SECRET"),
], ids=["tokens in each other's place", "no secret", "blank secret"])  # fmt: skip
def test_settings_that_cannot_work_are_named(
    vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    """Before anything is called: nothing listens at that address."""
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = vigie("run")

    assert ran.code == 2
    assert named in ran.err
