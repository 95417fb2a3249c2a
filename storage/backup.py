"""Back up a whole database beside a running process, restore it, and examine its health."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bot.errors import ConfigurationError, StoreError
from storage.lock import sole_use
from storage.migrate import head
from storage.read_only import MAGIC, connect_read_only, is_known_revision, open_read_only, revision, sqlite_file
from storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

PG_MAGIC = b"PGDMP"
PATIENCE = 5.0
"""Seconds that a restore waits for a database that is being written."""
PORTABLE = ("--no-owner", "--no-acl")


def backup(address: str, file: Path) -> None:
    """Write the whole database to `file`, which appears only once it is complete. Raises StoreError.

    SQLite: VACUUM INTO beside the target, checked, then renamed. PostgreSQL: pg_dump in its custom format.
    """
    source = sqlite_file(address)
    target = file.absolute()
    _check_target(target, source)
    try:
        with tempfile.TemporaryDirectory(prefix=".vigie-backup-", dir=target.parent) as folder:
            part = Path(folder) / "part"
            _write_copy(address, source, part, target)
            part.chmod(0o600)
            _sync_path(part)
            part.replace(target)
        _sync_path(target.parent)
    except OSError as error:
        raise StoreError("backup.not_writable", folder=str(target.parent), why=str(error.strerror)) from error


def _write_copy(address: str, source: Path | None, part: Path, target: Path) -> None:
    if source is not None:
        _vacuum_into(source, part)
    else:
        _run_program(address, ("pg_dump", *PORTABLE, "--format=custom"), f"--file={part}", f"--file={target}")


def _check_target(target: Path, source: Path | None) -> None:
    """Raise StoreError unless `target` is free or an older backup."""
    if not target.parent.is_dir():
        raise StoreError("backup.no_folder", folder=str(target.parent))
    if source is not None and target.exists() and source.exists() and target.samefile(source):
        raise StoreError("backup.itself", file=str(target))
    if target.exists() and not (target.is_file() and _read_head(target).startswith((MAGIC, PG_MAGIC))):
        raise StoreError("backup.not_ours", file=str(target))


def _read_head(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(len(MAGIC))


def _vacuum_into(source: Path, part: Path) -> None:
    if not source.exists():
        raise StoreError("backup.nothing", file=str(source))
    try:
        with closing(connect_read_only(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        raise StoreError("store.unreachable", why=str(error)) from error
    _check_copy(part)


def _check_copy(file: Path) -> None:
    """Raise StoreError unless `file` is a sound database of Vigie, of a version that we know."""
    try:
        with closing(connect_read_only(file)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            has_tables = "alembic_version" in tables
            stored = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has_tables else None
    except sqlite3.Error as error:
        raise StoreError("backup.damaged", file=str(file)) from error
    if not sound or orphans:
        raise StoreError("backup.damaged", file=str(file))
    _check_revision(file, stored[0] if stored else None)


def _check_revision(file: Path, revision: str | None) -> None:
    if revision is None:
        raise StoreError("backup.not_ours", file=str(file))
    if not is_known_revision(revision):
        raise StoreError("backup.newer", file=str(file), found=revision)


def restore(address: str, file: Path, *, force: bool = False) -> None:
    """Put a backup back in place of the database. Raises StoreError, before anything is changed, when `file` is not
    a sound backup of Vigie or, without `force`, when the database holds a team.
    """
    if not file.is_file():
        raise StoreError("restore.no_file", file=str(file))
    target = sqlite_file(address)
    magic = MAGIC if target is not None else PG_MAGIC
    if not _read_head(file).startswith(magic):
        raise StoreError("backup.not_ours", file=str(file))
    if target is not None and target.exists() and target.samefile(file):
        raise StoreError("backup.itself", file=str(file))
    if not force and occupied(address):
        raise StoreError("restore.not_empty")
    if target is not None:
        _check_copy(file)
        with _lock_out_others(address, target):
            _restore_pages(file, target)
    else:
        cleaned = ("--clean", "--if-exists", "--single-transaction")
        _run_program(address, ("pg_restore", *PORTABLE, *cleaned), str(file), str(file))


@contextmanager
def _lock_out_others(address: str, target: Path) -> Iterator[None]:
    """Hold the database against `vigie run`, which would write its older state over the restored one."""
    if not target.absolute().parent.is_dir():
        raise StoreError("backup.no_folder", folder=str(target.parent))
    with ExitStack() as held:
        try:
            held.enter_context(sole_use(address))
        except ConfigurationError as error:
            raise StoreError("restore.running", file=str(target)) from error
        yield


def _restore_pages(file: Path, target: Path) -> None:
    """Restore page by page inside one transaction of SQLite, so that a crash leaves the database as it was.

    Python tries for ever to get a lock that another process holds (sqlite3.Connection.backup), hence `patient`.
    """
    until = time.monotonic() + PATIENCE

    def patient(_status: int, _remaining: int, _total: int) -> None:
        if time.monotonic() > until:
            raise TimeoutError

    try:
        with closing(connect_read_only(file)) as source, closing(sqlite3.connect(target, timeout=PATIENCE)) as into:
            source.backup(into, progress=patient)
    except (sqlite3.Error, TimeoutError) as error:
        raise StoreError("restore.busy", file=str(target)) from error


def occupied(address: str) -> bool:
    """Return True if the database holds anything that a restore would lose."""
    with open_read_only(address) as connection:
        if connection is None:
            return False
        tables = set(sa.inspect(connection).get_table_names())
        if "teams" in tables:
            return connection.execute(sa.text("SELECT 1 FROM teams LIMIT 1")).first() is not None
        return bool(tables - {"alembic_version"})


@dataclass(frozen=True, slots=True)
class Health:
    """The health of a database: damaged parts, orphan rows, and its revision beside the one that is needed."""

    damage: int
    orphans: int
    found: str | None
    needed: str


def examine(address: str) -> Health | None:
    """Read the whole database; return None if there is none yet. Raises StoreError when it cannot be reached."""
    with open_read_only(address) as connection:
        if connection is None:
            return None
        on_sqlite = connection.dialect.name == "sqlite"
        damage, orphans = _check_sqlite(connection) if on_sqlite else _check_postgresql(connection)
        return Health(damage, orphans, revision(connection), head())


def _check_sqlite(connection: Connection) -> tuple[int, int]:
    lines = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    return sum(line != "ok" for line in lines), len(connection.exec_driver_sql("PRAGMA foreign_key_check").all())


def _check_postgresql(connection: Connection) -> tuple[int, int]:
    """Read every row, which finds unreadable pages; count the foreign keys that are not validated."""
    present = set(sa.inspect(connection).get_table_names())
    for table in metadata.sorted_tables:
        if table.name in present:
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
    loose = connection.execute(
        sa.text("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated")
    ).scalar()
    return 0, int(loose or 0)


def _run_program(address: str, command: tuple[str, ...], file: str, shown: str) -> None:
    """Run one of PostgreSQL's own programs on a file. The password goes through the environment, never on the line.

    `shown` stands for `file` in the line that a person is told to type where the program is missing.
    """
    url = make_url(address)
    bare = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    where = f"--dbname={bare.render_as_string()}"
    program = command[0]
    path = shutil.which(program)
    if path is None:
        raise StoreError("backup.no_program", program=program, command=" ".join([*command, where, shown]))
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(  # noqa: S603  # no shell, and the program is PostgreSQL's own
        [path, *command[1:], where, file], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StoreError("backup.program_failed", program=program, why=done.stderr.strip()[-300:])


def _sync_path(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
