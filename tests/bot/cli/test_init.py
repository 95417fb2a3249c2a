"""`vigie init`: the settings file, after a few questions where somebody is there to answer."""

from __future__ import annotations

import io
import stat
import sys
from typing import TYPE_CHECKING

from bot.config import example, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.bot.cli.conftest import Ran


class Typing(io.StringIO):
    """A terminal on which somebody types."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_the_defaults_are_written(vigie: Callable[..., Ran], folder: Path) -> None:
    assert vigie("init").code == 0
    assert (folder / ".env").read_text(encoding="utf-8") == example()


def test_only_its_owner_reads_the_file(vigie: Callable[..., Ran], folder: Path) -> None:
    vigie("init", "--yes")

    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_never_replaced(vigie: Callable[..., Ran], folder: Path) -> None:
    (folder / ".env").write_text("DATABASE_URL=sqlite:///mine.db\n", encoding="utf-8")

    ran = vigie("init", "--yes")

    assert ran.code == 1
    assert "vigie init --force" in ran.err
    assert (folder / ".env").read_text(encoding="utf-8") == "DATABASE_URL=sqlite:///mine.db\n"


def test_force_replaces_it_even_when_it_is_wrong(vigie: Callable[..., Ran], folder: Path) -> None:
    (folder / ".env").write_text("VIGIE_LANGUAGE=xx\n", encoding="utf-8")

    assert vigie("init", "--yes", "--force").code == 0
    assert (folder / ".env").read_text(encoding="utf-8") == example()
    assert [one.name for one in folder.iterdir()] == [".env"]


def test_answers_are_what_is_read_back(
    vigie: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Typing("en\nAmerica/Toronto\nsqlite:///l'été \\ là.db\n"))

    assert vigie("init").code == 0

    settings = load()
    assert (settings.language, settings.timezone) == ("en", "America/Toronto")
    assert settings.database_url.get_secret_value() == "sqlite:///l'été \\ là.db"


def test_a_wrong_answer_is_asked_again(vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Typing("\nEurope/Pari\nEurope/Brussels\nmysql://x\n\n"))

    ran = vigie("init")

    assert "VIGIE_TIMEZONE=Europe/Paris" in ran.out
    assert "DATABASE_URL n’est pas une adresse que je connais" in ran.out
    assert (load().timezone, load().database_url.get_secret_value()) == ("Europe/Brussels", "sqlite:///vigie.db")


def test_giving_up_in_the_middle_writes_nothing(
    vigie: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Typing("fr\n"))

    assert vigie("init").code == 1
    assert list(folder.iterdir()) == []
