"""What every test can ask for: a database of each kind, and a story told over it."""

from __future__ import annotations

import asyncio
import os
import shutil
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import structlog

from bot import ids
from bot.civil import instant
from bot.zones import use_packaged_tzdata
from storage.engines import open_engines
from storage.migrate import upgrade
from tests.fakes.postgres import Postgres
from tests.story import PARIS, START, Story, tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

ADDRESSES = ("address", "current_address", "seeded_address")
ON_BOTH = frozenset(
    {"test_delivery", "test_restart", "test_processes", "test_concurrency", "test_catchup", "test_trouble"}
)
"""Files of stories about what databases do: each of their stories runs on each database."""
ON_SQLITE = frozenset({"test_run_discord"})
"""Files about killed processes, where the second database costs seconds and its kill has a test of its own."""


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


@pytest.fixture(scope="session")
def seeded_template(template: Path) -> Path:
    """A SQLite file with the demo team, as a story finds it at its start."""
    file = template.with_name("seeded.db")
    shutil.copy(template, file)
    _seed(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_address(template: Path, tmp_path: Path) -> str:
    """The DATABASE_URL of a SQLite file with the tables and no row."""
    shutil.copy(template, tmp_path / "vigie.db")
    return f"sqlite:///{tmp_path / 'vigie.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def current_address(request: pytest.FixtureRequest) -> str:
    """The DATABASE_URL of a database with the tables and no row, of each kind in turn.

    On PostgreSQL it is one database for all tests of a worker, emptied for each.
    """
    if request.param == "sqlite":
        address: str = request.getfixturevalue("sqlite_address")
        return address
    server: Postgres = request.getfixturevalue("postgres")
    return server.emptied("emptied", _migrate)


@pytest.fixture(params=["sqlite", "postgresql"])
def seeded_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of a database with the demo team, in French at `START`, of each kind in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("seeded_template"), tmp_path / "vigie.db")
        yield f"sqlite:///{tmp_path / 'vigie.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(like=server.template("seeded", _seed)) as url:
        yield url


def _migrate(address: str) -> None:
    engines = open_engines(address)
    upgrade(engines.write)
    engines.dispose()


def _seed(address: str) -> None:
    """Begin a story and leave it, in a thread, since the caller may have an event loop already.

    Its ids are the lowest of their millisecond: what a test records at that same moment comes after.
    """
    ids._last = (int(instant(datetime.fromisoformat(START), PARIS).timestamp() * 1000), 0)

    async def begin() -> None:
        async with tell(address):
            pass

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, begin()).result()


@pytest.fixture
async def story(seeded_address: str) -> AsyncIterator[Story]:
    """The demo team on Monday 23 November 2026, 8:55 in Paris, in French, on each database."""
    async with tell(seeded_address) as told:
        yield told


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out most stories on PostgreSQL, unless databases are what they are about; `--long` runs all of them."""
    if config.getoption("--long"):
        return
    spared = [item for item in items if _is_spared(item)]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in set(spared)]


def _is_spared(item: pytest.Item) -> bool:
    """Tell by a hash of its name, the same for every worker and every run."""
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    if not any(parameters.get(name) == "postgresql" for name in ADDRESSES):
        return False
    file = item.path.stem
    if file in ON_SQLITE:
        return True
    is_story = item.path.parent.name == "stories" or file == "test_story"  # told here, or through a platform
    return is_story and file not in ON_BOTH and zlib.crc32(f"{file}::{item.name}".encode()) % 4 != 0
