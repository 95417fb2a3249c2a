"""`vigie db` on SQLite, from the terminal; storage/backup.py has its own tests on both databases."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.bot.cli.conftest import Ran


def team(folder: Path, name: str) -> None:
    with sqlite3.connect(folder / "vigie.db") as connection:
        connection.execute("DELETE FROM teams")
        connection.execute(
            "INSERT INTO teams (id, name, language, zone, country, working_days, opens, closes, whit_monday, formal,"
            " ready) VALUES ('t', ?, 'fr', 'Europe/Paris', 'FR', '12345', '09:00', '18:00', 1, 0, 1)",
            (name,),
        )
    connection.close()


def name(folder: Path) -> str:
    connection = sqlite3.connect(folder / "vigie.db")
    found: str = connection.execute("SELECT name FROM teams").fetchone()[0]
    connection.close()
    return found


def test_upgrade_twice_changes_nothing(vigie: Callable[..., Ran]) -> None:
    first, second = vigie("db", "upgrade"), vigie("db", "upgrade")

    assert (first.code, second.code, first.out) == (0, 0, second.out)


def test_what_was_backed_up_comes_back(vigie: Callable[..., Ran], folder: Path) -> None:
    vigie("db", "upgrade")
    team(folder, "Before")
    assert vigie("db", "backup", "copy.db").code == 0
    team(folder, "After")

    assert vigie("db", "restore", "copy.db", "--force").code == 0
    assert name(folder) == "Before"
    assert vigie("db", "check").code == 0


def test_a_database_with_a_team_is_not_replaced_without_force(vigie: Callable[..., Ran], folder: Path) -> None:
    vigie("db", "upgrade")
    vigie("db", "backup", "copy.db")
    team(folder, "After")

    ran = vigie("db", "restore", "copy.db")

    assert ran.code == 1
    assert "--force" in ran.err
    assert name(folder) == "After"


def test_check_names_what_is_wrong(vigie: Callable[..., Ran], folder: Path) -> None:
    vigie("db", "upgrade")
    with sqlite3.connect(folder / "vigie.db") as connection:
        connection.execute("INSERT INTO closures (team_id, day) VALUES ('nobody', '2026-12-24')")
        connection.execute("UPDATE alembic_version SET version_num = '0000'")

    ran = vigie("db", "check")

    assert ran.code == 1
    assert [line[0] for line in ran.out.splitlines()] == ["✓", "✗", "✗"]


def test_check_of_nothing_says_what_to_type(vigie: Callable[..., Ran]) -> None:
    ran = vigie("db", "check")

    assert ran.code == 1
    assert "vigie db upgrade" in ran.err


def test_a_wrong_address_exits_with_two_and_hides_the_password(
    vigie: Callable[..., Ran], folder: Path, monkeypatch: object
) -> None:
    (folder / ".env").write_text("DATABASE_URL=oracle://me:hidden@host/x\n", encoding="utf-8")

    for arguments in (("db", "upgrade"), ("db", "check"), ("db", "backup", "x"), ("db", "restore", "x")):
        ran = vigie(*arguments)
        assert (ran.code, "DATABASE_URL" in ran.err or arguments[1] == "restore") in {(2, True), (1, True)}
        assert "hidden" not in ran.err
