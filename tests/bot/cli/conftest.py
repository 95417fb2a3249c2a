"""The `vigie` command run in this process, in a folder of its own, with nothing in the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """What a run of `vigie` printed, and its exit code. Spaces are ordinary ones."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    for name in list(os.environ):
        if name.startswith("VIGIE_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def vigie(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run `vigie` with these arguments."""

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["vigie", *arguments])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        printed = capsys.readouterr()
        return Ran(code, _easy(printed.out), _easy(printed.err))

    return run


def _easy(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")
