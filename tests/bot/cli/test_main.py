"""The `vigie` command itself: exit codes, and errors in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import bot.cli
from bot.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.bot.cli.conftest import Ran


def test_help_names_every_verb(vigie: Callable[..., Ran]) -> None:
    ran = vigie("--help")

    assert ran.code == 0
    for verb in ("commands", "db", "demo", "doctor", "init", "preview"):
        assert f"\n  {verb} " in ran.out


@pytest.mark.parametrize("group", [(), ("db",), ("manifest",)])
def test_no_line_of_the_help_is_cut(vigie: Callable[..., Ran], group: tuple[str, ...]) -> None:
    assert "...\n" not in vigie(*group, "--help").out.partition("Commands:")[2]


@pytest.mark.parametrize("arguments", [("nothing",), ("preview",), ("db", "nothing"), ("db", "backup"), ("--what",)])
def test_wrong_usage_exits_with_two(vigie: Callable[..., Ran], arguments: tuple[str, ...]) -> None:
    ran = vigie(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(ConfigurationError("config.sqlite_old", found="1", needed="2"), 2), (StoreError("store.failed", why="x"), 1)],
)
def test_an_error_of_ours_is_said_in_words(
    vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    def fail(**_options: object) -> None:
        raise error

    monkeypatch.setattr(bot.cli, "group", fail)

    ran = vigie()
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert ran.err.strip()


@pytest.mark.parametrize("verb", ["preview", "db"])
def test_a_settings_file_that_is_no_text_is_said_so(vigie: Callable[..., Ran], folder: Path, verb: str) -> None:
    (folder / ".env").write_bytes(b"DATABASE_URL=\xff\xfe\n")
    arguments = {"preview": ("--from", "2026-11-01", "--to", "2026-11-01"), "db": ("check",)}[verb]

    ran = vigie(verb, *arguments)

    assert ran.code == 2
    assert ".env" in ran.err
