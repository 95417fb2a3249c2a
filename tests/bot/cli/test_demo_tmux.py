"""`vigie demo` in a real terminal, inside tmux: what a person sees at 80 and at 40 columns."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TMUX = shutil.which("tmux")
PATIENCE = 60
pytestmark = pytest.mark.skipif(TMUX is None, reason="needs tmux (a real terminal to type in)")


class Pane:
    """A terminal of its own, on a server of its own."""

    def __init__(self, folder: Path, columns: int, **environment: str) -> None:
        self._socket = str(folder / "tmux")
        clean = {name: value for name, value in os.environ.items() if name not in {"TMUX", "NO_COLOR", "DATABASE_URL"}}
        self._environment = {**clean, "COLUMNS": "97", "LC_ALL": "C.UTF-8", "TERM": "xterm", **environment}
        demo = [sys.executable, "-c", "from bot.cli import main; main()", "demo"]
        command = [*demo, "--lang", "fr", "--now", "2026-11-23T08:55"]
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", str(columns), "-y", "50", "-c", str(folder), *command)
        self._tmux("set-option", "-g", "remain-on-exit", "on")

    def _tmux(self, *arguments: str) -> str:
        assert TMUX is not None
        command = [TMUX, "-u", "-S", self._socket, *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False, timeout=30)
        return done.stdout

    def screen(self, *options: str) -> str:
        """What is on the screen; spaces are ordinary ones."""
        return self._tmux("capture-pane", "-p", *options).replace("\u202f", " ").replace("\u00a0", " ")

    def types(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def shows(self, words: str) -> str:
        """Wait until the screen shows something; returns the screen."""
        until = time.monotonic() + PATIENCE
        while words not in (now := self.screen()):
            assert time.monotonic() < until, now
            time.sleep(0.1)
        return now

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def pane(tmp_path: Path) -> Iterator[Callable[..., Pane]]:
    """Open a terminal of so many columns with the French demo in it."""
    opened: list[Pane] = []

    def of(columns: int, **environment: str) -> Pane:
        opened.append(Pane(tmp_path, columns, **environment))
        opened[-1].shows("8 h 55 · Léa · prochain : 9 h")
        return opened[-1]

    yield of
    for one in opened:
        one.close()


def test_one_types_while_a_nudge_arrives(pane: Callable[..., Pane]) -> None:
    here = pane(80)
    here.types("/avance 2 jours", "Enter")
    here.shows("[1] #équipe")
    here.types("/comme Kar")
    here.shows("[4] @Léa")
    assert "› /comme Kar" in here.shows("mercredi 25 novembre · 8 h 55")
    here.types("im", "Enter")
    here.shows("mercredi 25 novembre · 8 h 55 · Karim · prochain : 9 h")


@pytest.mark.parametrize("columns", [40, 80])
def test_a_card_is_drawn_within_the_terminal(pane: Callable[..., Pane], columns: int) -> None:
    here = pane(columns)
    here.types("/avance", "Enter")
    card = here.shows("[1 Ma part]")
    frames = [line for line in card.splitlines() if line[:1] in "╭│╰" and line]
    assert {cell_len(line) for line in frames} == {columns}
    assert frames[0].startswith("╭─ [1] #équipe · ")
    assert frames[-1].endswith("╯")


def test_no_color_is_kept(pane: Callable[..., Pane]) -> None:
    here = pane(80, NO_COLOR="1")
    here.types("/avance", "Enter")
    here.shows("[1 Ma part]")
    assert "\x1b[3" not in here.screen("-e").replace("\x1b[39m", "")
