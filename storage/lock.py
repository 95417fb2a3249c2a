"""One `vigie run` on one SQLite file: a second one is refused, rather than running slower or worse.

The lock is the operating system's, on a file beside the database: it goes with the process, however that ends. Backup,
doctor, preview and export work beside it.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from bot.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def sole_use(address: str) -> Iterator[None]:
    """Hold a SQLite database for this process; on PostgreSQL any number of processes work side by side.

    Raises ConfigurationError when another process holds it, StoreError where there can be no such file.
    """
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        yield
        return
    try:
        file = Path(f"{url.database}.lock").open("w", encoding="ascii")  # noqa: SIM115  # held by the block below
    except OSError as error:
        raise StoreError("store.unreachable", why=type(error).__name__) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError("run.in_use", file=str(url.database)) from error
        yield
