"""`vigie run` without a platform: the local page, from the first visit to a clean stop, as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.adapters.web.visit import Visitor, easy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from tests.bot.cli.conftest import Ran

PATIENCE = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(folder: Path, port: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`vigie run`, or another verb, in a folder; killed if the test leaves it running."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "SLACK", "DISC"))
    }
    environment |= {
        "VIGIE_PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder / 'vigie.db'}",
        "LC_ALL": "fr_FR.UTF-8",
    }
    command = [sys.executable, "-c", "from bot.cli import main; main()", *(arguments or ("run",))]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def _ready(address: str, http: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with http.get(f"{address}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _visit(port: int, account: str = "") -> AsyncIterator[Visitor]:
    address = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as http:
        await _ready(address, http)
        async with http.ws_connect(f"{address}/socket", origin=address) as page:
            yield await Visitor(page).hello(account)


async def _read(port: int, path: str) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/{path}") as answer:
        assert answer.status == 200
        return await answer.text()


async def _stop(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, float, str]:
    """Exit code, seconds, what was printed."""
    since = time.monotonic()
    process.send_signal(number)
    said, _ = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    return process.returncode, time.monotonic() - since, said


async def test_it_stops_clean_with_pages_open(tmp_path: Path) -> None:
    port = _free_port()
    with _running(tmp_path, port) as process:
        async with _visit(port):
            assert "vigie_sent_total" in await _read(port, "metrics")
            assert await _read(port, "healthz") == "ok\n"
            code, seconds, said = await _stop(process, signal.SIGINT)

        assert (code, "Traceback" in said) == (0, False), said
        assert f"http://127.0.0.1:{port}/" in said
        assert seconds < 10


async def test_the_demo_opens_in_the_page_and_stops_clean(tmp_path: Path) -> None:
    port = _free_port()
    with _running(tmp_path, port, "demo", "--web", "--lang", "en") as process:
        async with _visit(port) as page:
            assert page.scene["team"] == "Atelier Mirabelle"
            assert page.scene["steps"]
            code, _, said = await _stop(process, signal.SIGTERM)

    assert (code, "Traceback" in said) == (0, False), said
    assert not (tmp_path / "vigie.db").exists()


def test_the_demo_is_not_shown_to_others_without_a_token(
    vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_HOST", "0.0.0.0")
    ran = vigie("demo", "--web")

    assert ran.code == 2
    assert "VIGIE_WEB_TOKEN" in ran.err


async def test_the_first_visitor_makes_the_team_and_finds_it_again(tmp_path: Path) -> None:
    port = _free_port()
    with _running(tmp_path, port, "run", "--platform", "web") as process:
        async with _visit(port) as page:
            assert page.scene["team"] is None
            me = (await page.ask("arrive", name="Zoé", language="en"))["account"]
            await page.until(lambda frame: frame["type"] == "scene" and frame["me"] == me)
            assert (page.scene["ready"], page.scene["language"]) == (False, "en")
            asked = await page.ask("say", text="setup")
            assert asked["form"]
            (form,) = asked["message"]["blocks"]
            values = {one["name"]: one["value"] for one in form["fields"]} | {"networks": ["linkedin"], "veille": [me]}
            done = await page.ask("submit", action=form["action"], values=values)
            assert "LinkedIn" in easy(done["message"])
            await page.until(lambda frame: frame["type"] == "scene" and frame["ready"])
            await page.ask("arrive", name="Tom", language="fr")
        await _stop(process, signal.SIGTERM)
    with _running(tmp_path, port) as process:
        async with _visit(port, me) as again:
            assert [one["name"] for one in again.scene["people"]] == ["Zoé", "Tom"]
            record = await again.ask("say", text="history")
            refused = await again.ask("arrive", name="zoe", language="fr")
            code, _, said = await _stop(process, signal.SIGTERM)

    assert (code, "Traceback" in said) == (0, False), said
    assert "opened the team" in easy(record["message"])
    assert "added somebody" in easy(record["message"])
    assert refused["type"] == "refused"


@pytest.mark.parametrize(("variables", "words"), [
    ({"VIGIE_HOST": "0.0.0.0"}, "VIGIE_WEB_TOKEN"),
    ({"VIGIE_HOST": "192.0.2.1", "VIGIE_WEB_TOKEN": "secret"}, "Impossible d’écouter sur 192.0.2.1"),
    ({"VIGIE_PORT": "70000"}, "VIGIE_PORT"),
])  # fmt: skip
def test_it_refuses_settings_that_cannot_be_kept(
    vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = vigie("run")

    assert ran.code == 2
    assert words in ran.err
    assert "secret" not in ran.err


def test_a_port_that_is_taken_is_said(vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("VIGIE_PORT", str(taken.getsockname()[1]))
        ran = vigie("run")

    assert ran.code == 2
    assert "VIGIE_PORT" in ran.err


def test_a_platform_that_there_is_not_is_refused(vigie: Callable[..., Ran]) -> None:
    ran = vigie("run", "--platform", "web,irc")

    assert ran.code == 2
    assert "« irc »" in ran.err


def test_a_demos_database_is_refused(vigie: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    kept = f"sqlite:///{folder / 'demo.db'}"
    monkeypatch.setattr(sys, "stdin", io.StringIO("/cm jour\n"))
    assert vigie("demo", "--lang", "fr", "--database", kept).code == 0
    monkeypatch.setenv("DATABASE_URL", kept)
    ran = vigie("run")

    assert ran.code == 2
    assert "démo" in ran.err


@pytest.mark.parametrize("verb", [["run", "--platform", "web"], ["demo", "--database"], ["db", "upgrade"]])
@pytest.mark.parametrize("name", ["nowhere/vigie.db", "words.txt"])
def test_a_database_that_cannot_be_opened_is_said_in_words(
    vigie: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch, verb: list[str], name: str
) -> None:
    (folder / "words.txt").write_text("no database, but more than nothing at all" * 10)
    address = f"sqlite:///{folder / name}"
    monkeypatch.setenv("DATABASE_URL", address)
    ran = vigie(*verb, *([address] if verb[0] == "demo" else []))

    assert ran.code == 1
    assert "La base de données ne répond pas" in ran.err
