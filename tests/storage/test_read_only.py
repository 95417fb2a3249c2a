"""Looking at a database leaves it, and its folder, as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.errors import StoreError
from storage.engines import open_engines
from storage.migrate import head, upgrade
from storage.read_only import is_known_revision, open_read_only, revision

if TYPE_CHECKING:
    from pathlib import Path


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with open_read_only(f"sqlite:///{tmp_path / 'vigie.db'}") as connection:
        assert connection is None
    assert list(tmp_path.iterdir()) == []


def test_nothing_can_be_written(address: str) -> None:
    engines = open_engines(address)
    upgrade(engines.write)
    engines.dispose()

    with pytest.raises(StoreError), open_read_only(address) as connection:  # noqa: PT012  # the error comes from within
        assert connection is not None
        connection.execute(sa.text("INSERT INTO facts (key, value) VALUES ('a', 'b')"))


def test_the_revision_is_read(address: str) -> None:
    with open_read_only(address) as connection:
        assert connection is None or revision(connection) is None
    engines = open_engines(address)
    upgrade(engines.write)
    engines.dispose()

    with open_read_only(address) as connection:
        assert connection is not None
        assert revision(connection) == head()
    assert is_known_revision(head())
    assert not is_known_revision("9999")


def test_what_a_running_process_has_committed_is_seen(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'vigie.db'}"
    engines = open_engines(address)
    upgrade(engines.write)
    with engines.write.begin() as connection:
        connection.exec_driver_sql("INSERT INTO facts (key, value) VALUES ('a', 'fresh')")

    with open_read_only(address) as found:
        assert found is not None
        assert found.execute(sa.text("SELECT value FROM facts")).scalar() == "fresh"
    engines.dispose()


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "vigie.db").write_text("only words, " * 1000, encoding="utf-8")

    with (
        pytest.raises(StoreError, match=r"store\.unreachable"),
        open_read_only(f"sqlite:///{tmp_path / 'vigie.db'}") as found,
    ):
        revision(found)  # type: ignore[arg-type]  # there is a file, hence a connection
