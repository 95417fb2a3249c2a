"""`vigie run` beside another one: refused on one SQLite file, welcome on one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import aiohttp
import psycopg
import pytest

from tests.bot.cli.test_run import PATIENCE, _free_port, _ready, _stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.postgres import Postgres

STOPS_WITHIN = 10.0


@contextmanager
def _run(folder: Path, address: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """`vigie run` as a process of its own; killed if the test leaves it running."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "SLACK", "DISC"))}
    environment = {**kept, "VIGIE_PORT": str(port), "DATABASE_URL": address, "LC_ALL": "fr_FR.UTF-8"}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def _answers(port: int) -> None:
    async with aiohttp.ClientSession() as http:
        await _ready(f"http://127.0.0.1:{port}", http)


def _ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, said.replace("\u00a0", " ")


async def test_a_second_process_on_one_sqlite_file_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    address, port = f"sqlite:///{tmp_path / 'vigie.db'}", _free_port()
    with _run(tmp_path, address, port) as first:
        await _answers(port)
        with _run(tmp_path, address, _free_port()) as second:
            code, said = await asyncio.to_thread(_ended, second)
        assert code == 2
        assert "vigie.db" in said
        assert "Traceback" not in said
        await _answers(port)
        first.send_signal(signal.SIGKILL)
        first.wait()
    with _run(tmp_path, address, port) as third:
        await _answers(port)
        assert (await _stop(third, signal.SIGTERM))[0] == 0


async def test_processes_on_one_postgresql_are_replaced_one_by_one(tmp_path: Path, postgres: Postgres) -> None:
    """A rolling restart: each new one is ready before an old one stops, and every old one stops cleanly."""
    address = postgres.new()
    with ExitStack() as open_:
        ports = [_free_port() for _ in range(2)]
        old = [open_.enter_context(_run(tmp_path, address, port)) for port in ports]
        for port in ports:
            await _answers(port)
        for process in old:
            port = _free_port()
            open_.enter_context(_run(tmp_path, address, port))
            await _answers(port)
            code, seconds, said = await _stop(process, signal.SIGTERM)
            assert (code, "Traceback" in said) == (0, False), said
            assert seconds < STOPS_WITHIN


@pytest.mark.parametrize("harm", ["hold", "cut"])
async def test_a_process_stops_in_time_whatever_its_database_does(
    tmp_path: Path, postgres: Postgres, harm: str
) -> None:
    """`hold`: somebody keeps the tables locked, and a tick waits. `cut`: every connection has just been cut off."""
    address, port = postgres.new(), _free_port()
    with _run(tmp_path, address, port) as process:
        await _answers(port)
        with psycopg.connect(address) as connection:
            if harm == "hold":
                connection.execute("LOCK TABLE deliveries, schedules, facts IN ACCESS EXCLUSIVE MODE")
                with psycopg.connect(address, autocommit=True) as teller:
                    teller.execute("SELECT pg_notify('vigie', 'look')")
                await asyncio.sleep(1.0)
            else:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    " AND datname = current_database()"
                )
            code, seconds, said = await _stop(process, signal.SIGTERM)
    assert code == 0, said
    assert seconds < STOPS_WITHIN
