"""`vigie doctor`: one line a check, with the fix; nothing is written."""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.cli import _doctor
from bot.clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.bot.cli.conftest import Ran

CHECKS = 8


def wrong(ran: Ran) -> list[str]:
    return [line for line in ran.out.splitlines() if line.startswith("✗")]


def test_a_sound_installation_passes_every_check(vigie: Callable[..., Ran]) -> None:
    vigie("db", "upgrade")

    ran = vigie("doctor")

    assert (ran.code, wrong(ran), len(ran.out.splitlines())) == (0, [], CHECKS)


def test_a_missing_database_is_said_with_the_fix_and_not_made(vigie: Callable[..., Ran], folder: Path) -> None:
    ran = vigie("doctor")

    assert ran.code == 1
    assert [line for line in wrong(ran) if "vigie db upgrade" in line and "—" not in line]
    assert list(folder.iterdir()) == []


def test_looking_leaves_the_database_as_it_is(vigie: Callable[..., Ran], folder: Path) -> None:
    vigie("db", "upgrade")
    before = {one.name: one.read_bytes() for one in folder.iterdir()}

    vigie("doctor")

    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("VIGIE_LANGUAGE", "de", "VIGIE_LANGUAGE (lue dans l’environnement)"),
        ("VIGIE_TIMEZONE", "Europe/Pari", "VIGIE_TIMEZONE=Europe/Paris"),
        ("VIGIE_CATALOGUE_DIR", "/nowhere/at/all", "/nowhere/at/all"),
        ("DATABASE_URL", "mysql://u:hidden@h/x", "DATABASE_URL n’est pas une adresse"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all.db", "/nowhere/at"),
    ],
)
def test_a_wrong_setting_is_named(
    vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)

    ran = vigie("doctor")

    assert ran.code == 1
    assert [line for line in wrong(ran) if says in line], ran.out
    assert "hidden" not in ran.out + ran.err


def test_a_broken_entry_of_the_catalogue_is_named(
    vigie: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "own").mkdir()
    (folder / "own" / "tasks.yaml").write_text("tasks:\n  mine:\n    title: 3\n", encoding="utf-8")
    monkeypatch.setenv("VIGIE_CATALOGUE_DIR", str(folder / "own"))

    assert [line for line in wrong(vigie("doctor")) if "tasks.yaml" in line]


def test_a_folder_that_is_not_there_is_said_so(
    vigie: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder / 'nowhere' / 'vigie.db'}")

    ran = vigie("doctor")

    assert ran.code == 1
    assert f"{folder / 'nowhere'} n’existe pas" in ran.out + ran.err


def test_a_database_of_another_version_is_said_with_the_fix(vigie: Callable[..., Ran], folder: Path) -> None:
    vigie("db", "upgrade")
    with sqlite3.connect(folder / "vigie.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    assert [line for line in wrong(vigie("doctor")) if "9999" in line and "pip install --upgrade" in line]


@pytest.mark.parametrize("year", [1970, 2025, 2100])
def test_a_clock_that_cannot_be_right_is_said(folder: Path, year: int) -> None:
    rows = _doctor.examine(VirtualClock(datetime(year, 6, 1, tzinfo=UTC)))

    assert [line for fine, line in rows if not fine and "timedatectl" in line]


def test_an_old_python_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    rows = _doctor.examine(VirtualClock(datetime(2026, 11, 20, tzinfo=UTC)))
    assert rows[0] == (False, "Python 3.9.2 est trop ancien\u00a0: installe Python 3.11 ou plus récent.")


def test_an_old_sqlite_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 30, 0))

    rows = _doctor.examine(VirtualClock(datetime(2026, 11, 20, tzinfo=UTC)))
    assert not rows[1][0]
