"""What every test can ask for: a database of each kind, and a story told over it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.zones import use_packaged_tzdata
from storage.engines import open_engines
from storage.migrate import upgrade
from tests.fakes.postgres import Postgres
from tests.story import Story, tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long` runs the long form of the tests that have one."""
    parser.addoption("--long", action="store_true", default=False, help="run the long form of fuzz and chaos tests")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are processors: who waits for a process or a clock leaves one idle."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


@pytest.fixture(scope="session", autouse=True)
def _packaged_tzdata() -> None:
    use_packaged_tzdata()


@pytest.fixture(autouse=True)
def _plain_traces() -> None:
    """Without this a logged exception is drawn by rich, every local variable in it: minutes for a whole registry.

    What a test of the command line has set up is gone by the next test: else that one's log lines go nowhere.
    """
    structlog.reset_defaults()
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A real PostgreSQL for the whole session of one worker."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'vigie.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables and no row: copying it is faster than migrating for each test."""
    file = tmp_path_factory.mktemp("template") / "vigie.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def current_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of a database with the tables and no row, of each kind in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("template"), tmp_path / "vigie.db")
        yield f"sqlite:///{tmp_path / 'vigie.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(like=server.template(_migrate)) as url:
        yield url


def _migrate(address: str) -> None:
    engines = open_engines(address)
    upgrade(engines.write)
    engines.dispose()


@pytest.fixture
async def story(current_address: str) -> AsyncIterator[Story]:
    """The demo team on Monday 23 November 2026, 8:55 in Paris, in French, on each database."""
    async with tell(current_address) as told:
        yield told
