"""Hints that something may be due earlier than a process knows (port: bot.ports.Wake). The 60 s poll is the truth.

On SQLite there is one process, so a hint is a call. On PostgreSQL it is a NOTIFY that every process LISTENs to:

1. One dedicated thread holds one direct autocommit connection outside the pool, and waits in `notifies()`.
2. A notification of another process is handed to the event loop by `call_soon_threadsafe`.
3. A lost connection is opened again, later and later; then one wake-up for whatever was missed meanwhile.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.ports import Wake

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg
    from sqlalchemy import Engine

    from storage.engines import Engines

log = structlog.get_logger()

CHANNEL = "vigie"
LOOK_UP = 0.5
"""Seconds between two checks of the stop event by the listener; no statement is sent for it."""
FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 30.0
_OPTIONS = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A peer that vanished without a word is noticed within a minute."""


class OpenWake(Wake, Protocol):
    """A wake that can be closed."""

    async def close(self) -> None:
        """Stop listening; nobody is called back afterwards."""
        ...


def open_wake(engines: Engines, address: str) -> OpenWake:
    """Open the wake for a database: in this process on SQLite, between processes on PostgreSQL."""
    return PostgresWake(engines.write, address) if engines.dialect == "postgresql" else LocalWake()


class LocalWake:
    """One process: a hint is a call."""

    def __init__(self) -> None:
        self._wakes: list[Callable[[], None]] = []

    def subscribe(self, wake: Callable[[], None]) -> None:
        self._wakes.append(wake)

    def hint(self) -> None:
        for wake in self._wakes:
            wake()

    async def close(self) -> None:
        self._wakes.clear()


class PostgresWake:
    """Many processes: hints of this one are calls, hints of the others come as notifications."""

    def __init__(self, engine: Engine, address: str) -> None:
        self._engine = engine
        self._dsn = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        self._process = secrets.token_hex(8)
        self._local = LocalWake()
        self._notifier = ThreadPoolExecutor(1, thread_name_prefix="vigie-notify")
        self._pending = threading.Event()
        self._stopping = threading.Event()
        self._listener: threading.Thread | None = None

    def subscribe(self, wake: Callable[[], None]) -> None:
        self._local.subscribe(wake)
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = threading.Thread(target=self._run_listener, args=(loop,), name="vigie-listen", daemon=True)
            self._listener.start()

    def hint(self) -> None:
        self._local.hint()
        if not self._pending.is_set() and not self._stopping.is_set():  # a burst of hints is one NOTIFY
            self._pending.set()
            self._notifier.submit(self._send_notify)

    def _send_notify(self) -> None:
        self._pending.clear()
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.select(sa.func.pg_notify(CHANNEL, self._process)))
        except SQLAlchemyError as error:  # the other processes find out at their next poll
            log.warning("hint not sent", error=type(error).__name__)

    def _run_listener(self, loop: asyncio.AbstractEventLoop) -> None:
        import psycopg

        wait = FIRST_BACKOFF
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True, **_OPTIONS) as connection:  # type: ignore[arg-type]
                    connection.execute(f"LISTEN {CHANNEL}")
                    wait = FIRST_BACKOFF
                    self._wake_loop(loop)
                    self._wait_for_notify(connection, loop)
            except psycopg.Error as error:
                log.warning("listening lost", error=type(error).__name__, seconds=wait)
                self._stopping.wait(wait)
                wait = min(wait * 2, LONGEST_BACKOFF)

    def _wait_for_notify(self, connection: psycopg.Connection, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopping.is_set():
            notifications = connection.notifies(timeout=LOOK_UP, stop_after=1)
            if any(notification.payload != self._process for notification in list(notifications)):
                self._wake_loop(loop)

    def _wake_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(self._local.hint)

    async def close(self) -> None:
        await self._local.close()
        self._stopping.set()
        await asyncio.to_thread(self._join_threads)

    def _join_threads(self) -> None:
        self._notifier.shutdown(wait=True)
        if self._listener is not None:
            self._listener.join()
