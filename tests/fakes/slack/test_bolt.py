"""The fake before the official JavaScript framework, which nobody bent to fit it: @slack/bolt from npm, unmodified.

Chosen by --long: it installs the package from a registry. Without node, npm or a registry it is skipped.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.people import Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SCRIPT = Path(__file__).with_name("bolt.mjs")
PACKAGE = "@slack/bolt@4"
MESSAGE = {"channel": "C0EQUIPE", "ts": "1.000001", "text": "Relire", "type": "message"}


@pytest.fixture(scope="module")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the package."""
    if not request.config.getoption("--long"):
        pytest.skip("the long form installs @slack/bolt from npm")
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("there is no node with npm here")
    folder = tmp_path_factory.mktemp("bolt")
    install = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
    done = subprocess.run(install, capture_output=True, text=True, timeout=180, check=False)  # a fixed line
    if done.returncode:
        pytest.skip(f"npm reaches no registry: {done.stderr[-200:]}")
    return folder


@asynccontextmanager
async def bolt(folder: Path, slack: FakeSlack, mode: str) -> AsyncIterator[list[str]]:
    """The app running before the fake; what it prints."""
    app = await asyncio.create_subprocess_exec(
        "node", str(SCRIPT), str(folder), slack.base, mode,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert app.stdout is not None
    assert app.stdin is not None
    output: list[str] = []
    try:
        async with asyncio.timeout(30):
            while not (output and output[-1].startswith("ready")):
                line = (await app.stdout.readline()).decode().strip()
                assert line or app.returncode is None, output
                output.append(line)
        if mode == "http":
            slack.target = f"http://127.0.0.1:{output[-1].split()[1]}/slack/events"
        yield output
    finally:
        app.stdin.close()
        output += (await app.stdout.read()).decode().splitlines()
        await app.wait()


async def _until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # the app is another process
            await asyncio.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_the_official_framework_works_with_the_fake(installed: Path, mode: str) -> None:
    slack = await FakeSlack().start()
    lea = Someone(slack, "U0LEA")
    try:
        async with bolt(installed, slack, mode) as output:
            await lea.types("jour")
            await _until(lambda: len(slack.shown_to("U0LEA")) == 2 and slack.posted())
            assert {row["text"] for row in slack.shown_to("U0LEA")} == {"acknowledged jour", "responded jour"}

            card = slack.posted()[0]
            await lea.clicks(card, "Open")
            await _until(lambda: slack.views)
            view = next(iter(slack.views.values()))
            refused = await lea.submits(view, {"name": {"type": "plain_text_input", "value": "wrong"}})
            assert refused == {"response_action": "errors", "errors": {"name": "not this one"}}
            assert await lea.submits(view, {"name": {"type": "plain_text_input", "value": "right"}}) == {}

            await lea.reacts(card)
            await _until(lambda: slack.posted()[0]["text"] == "reacted white_check_mark")
            await lea.opens_home()
            await _until(lambda: "U0LEA" in slack.homes)
            await lea.writes("bonjour")
            await _until(lambda: slack.posted(slack.direct("U0LEA")))
            assert slack.posted(slack.direct("U0LEA"))[0]["text"] == "heard bonjour from Léa"
            await lea.tracks(MESSAGE)
            await _until(lambda: slack.shown_to("U0LEA")[-1]["text"] == "tracked Relire")
        assert [line for line in output if line.startswith("error")] == []
    finally:
        await slack.stop()
