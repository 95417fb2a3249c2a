"""Migrations: up and down with rows, no drift, one at a time, all or nothing, and a copy kept beside."""

from __future__ import annotations

import multiprocessing
import sqlite3
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.clock import VirtualClock
from bot.errors import StoreError
from storage import migrate
from storage import schema as s
from storage.engines import Engines, open_engines
from storage.store import UnitOfWork, open_store
from tests.contracts.world import NOW, dump, rows, store_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from alembic.config import Config
    from sqlalchemy import Connection

NEXT = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "9999", {down!r}, None, None

def upgrade():
    op.add_column("teams", sa.Column("motto", sa.Text()))
    op.execute({statement!r})

def downgrade():
    op.drop_column("teams", "motto")
"""


@pytest.fixture
def engines(address: str) -> Iterator[Engines]:
    opened = open_engines(address)
    yield opened
    opened.dispose()


@pytest.fixture
def with_rows(address: str, engines: Engines) -> Callable[[], dict[str, list[tuple[object, ...]]]]:
    """A database of today's tables with a row in each; calling the fixture dumps it."""
    migrate.upgrade(engines.write)
    store = open_store(address, VirtualClock(NOW))
    store.run_now(store.engines.write, lambda tx: store_rows(tx, rows("ours")))
    store.engines.dispose()

    def look() -> dict[str, list[tuple[object, ...]]]:
        with engines.write.connect() as connection:
            return dump(UnitOfWork(connection, NOW, lambda _: None))  # type: ignore[arg-type, return-value]

    return look


@pytest.fixture
def next_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A version of the product with one migration more, which runs a statement."""
    original = migrate.config

    def write(statement: str) -> None:
        more = tmp_path / "more"
        more.mkdir()
        (more / "9999_next.py").write_text(NEXT.format(down=migrate.head(), statement=statement))

        def config(connection: Connection | None = None) -> Config:
            made = original(connection)
            made.set_main_option("path_separator", "newline")
            made.set_main_option(
                "version_locations",
                f"%(here)s/versions\n{more}".replace("%(here)s", str(made.get_main_option("script_location"))),
            )
            return made

        monkeypatch.setattr(migrate, "config", config)
        monkeypatch.setattr(migrate, "newest", lambda: "9999")

    return write


def _tables(engines: Engines) -> set[str]:
    return set(sa.inspect(engines.write).get_table_names()) - {"alembic_version"}


def test_up_makes_every_table_and_down_removes_them_with_their_rows(
    engines: Engines, with_rows: Callable[[], dict[str, list[tuple[object, ...]]]]
) -> None:
    assert all(with_rows().values()), "every table holds a row, or this proves less than it says"
    assert _tables(engines) == set(s.metadata.tables)
    assert migrate.current(engines.write) == migrate.head()

    migrate.downgrade(engines.write, "base")

    assert _tables(engines) == set()
    assert migrate.current(engines.write) is None


def test_the_newest_file_is_the_head() -> None:
    assert migrate.newest() == migrate.head()


def test_tables_of_this_version_are_left_alone_without_alembic(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(engines.write)
    monkeypatch.setattr(migrate, "config", None)

    assert migrate.upgrade(engines.write) is None


def test_down_and_up_again_gives_the_same_tables(engines: Engines) -> None:
    migrate.upgrade(engines.write)
    migrate.downgrade(engines.write, "base")
    migrate.upgrade(engines.write)
    assert _tables(engines) == set(s.metadata.tables)


def test_the_migrations_make_what_the_schema_says(engines: Engines) -> None:
    migrate.upgrade(engines.write)
    with engines.write.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, s.metadata) == []


def test_a_migration_keeps_the_rows(
    engines: Engines,
    with_rows: Callable[[], dict[str, list[tuple[object, ...]]]],
    next_revision: Callable[[str], None],
) -> None:
    before = with_rows()
    next_revision("UPDATE teams SET motto = 'x'")

    migrate.upgrade(engines.write)
    assert migrate.current(engines.write) == "9999"
    assert with_rows() == before
    migrate.downgrade(engines.write, "-1")

    assert with_rows() == before


def test_the_entries_of_a_record_are_counted_in_the_order_of_their_ids(
    engines: Engines, with_rows: Callable[[], dict[str, list[tuple[object, ...]]]]
) -> None:
    """Revision 0002, over rows that the tables of 0001 held: each team has a count of its own."""
    with_rows()
    migrate.downgrade(engines.write, "0001")
    old = sa.MetaData()
    old.reflect(engines.write, only=["audit", "teams", "items"])
    with engines.write.begin() as connection:
        (entry,) = connection.execute(sa.select(old.tables["audit"])).mappings()
        (team,) = connection.execute(sa.select(old.tables["teams"])).mappings()
        connection.execute(sa.insert(old.tables["teams"]).values({**team, "id": "other"}))
        more = [{**entry, "id": f"~{number}"} for number in (3, 2)]
        connection.execute(sa.insert(old.tables["audit"]), [*more, {**entry, "team_id": "other"}])
        marks = connection.execute(sa.select(old.tables["items"].c.mark)).scalars().all()
    assert all(mark is not None for mark in [team["mark"], *marks])

    migrate.upgrade(engines.write)

    where = s.audit.c
    with engines.write.connect() as connection:
        rows_by_number = connection.execute(
            sa.select(where.team_id, where.number, where.id).order_by(where.number)
        ).all()
    assert [row.id for row in rows_by_number if row.team_id == entry["team_id"]] == [entry["id"], "~2", "~3"]
    assert [row.number for row in rows_by_number if row.team_id == entry["team_id"]] == [1, 2, 3]
    assert [row.number for row in rows_by_number if row.team_id == "other"] == [1]


def test_going_down_before_the_count_and_up_again_keeps_the_rows(
    engines: Engines, with_rows: Callable[[], dict[str, list[tuple[object, ...]]]]
) -> None:
    before = with_rows()
    migrate.downgrade(engines.write, "0001")
    migrate.upgrade(engines.write)
    assert with_rows() == before


def test_the_daily_opening_of_an_earlier_version_opens_every_missed_day(
    engines: Engines, with_rows: Callable[[], dict[str, list[tuple[object, ...]]]]
) -> None:
    """Revision 0003: down it skips to the newest day again, and no other schedule is touched."""
    with_rows()
    schedules = s.schedules.c
    with engines.write.begin() as connection:
        (other,) = connection.execute(sa.select(s.schedules)).mappings()
        daily = {**other, "id": "opening", "nudge": "opening", "catch_up": "all"}
        connection.execute(sa.insert(s.schedules).values(daily))

    def policies() -> dict[str, str]:
        with engines.write.connect() as connection:
            rows_by_id = connection.execute(sa.select(schedules.id, schedules.catch_up)).all()
        return {row.id: row.catch_up for row in rows_by_id}

    before = policies()
    migrate.downgrade(engines.write, "0002")
    assert policies() == {**before, "opening": "skip"}
    migrate.upgrade(engines.write)
    assert policies() == before


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    engines: Engines,
    with_rows: Callable[[], dict[str, list[tuple[object, ...]]]],
    next_revision: Callable[[str], None],
) -> None:
    before, was = with_rows(), migrate.current(engines.write)
    next_revision("UPDATE no_such_table SET a = 1")

    with pytest.raises(StoreError):
        migrate.upgrade(engines.write)

    assert migrate.current(engines.write) == was
    assert "motto" not in {column["name"] for column in sa.inspect(engines.write).get_columns("teams")}
    assert with_rows() == before


def test_a_migration_that_would_leave_orphans_is_undone(tmp_path: Path, next_revision: Callable[[str], None]) -> None:
    """SQLite rebuilds tables with its foreign keys off, so they are checked before the end."""
    engines = open_engines(f"sqlite:///{tmp_path / 'vigie.db'}")
    migrate.upgrade(engines.write)
    next_revision("INSERT INTO closures (team_id, day) VALUES ('nobody', '2026-11-23')")

    with pytest.raises(StoreError) as caught:
        migrate.upgrade(engines.write)

    assert (caught.value.key, caught.value.params) == ("store.broken_keys", {"count": 1})
    with engines.write.connect() as connection:
        assert connection.execute(sa.select(s.closures)).all() == []
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    engines.dispose()


def test_a_database_of_a_newer_version_is_left_alone(engines: Engines) -> None:
    migrate.upgrade(engines.write)
    with engines.write.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    with pytest.raises(StoreError) as caught:
        migrate.upgrade(engines.write)
    assert caught.value.key == "store.newer"


def _upgrade(address: str, start: object, end: object) -> None:
    engines = open_engines(address)
    start.wait(timeout=60)  # type: ignore[attr-defined]
    try:
        migrate.upgrade(engines.write)
    except Exception as error:  # noqa: BLE001  # told to the test's own process
        end.put(repr(error))  # type: ignore[attr-defined]
    else:
        end.put("")  # type: ignore[attr-defined]
    engines.dispose()


def test_two_processes_that_upgrade_at_once_both_end_well(address: str, engines: Engines) -> None:
    context = multiprocessing.get_context("spawn")
    start, end = context.Barrier(2), context.Queue()
    both = [context.Process(target=_upgrade, args=(address, start, end)) for _ in range(2)]
    for one in both:
        one.start()
    said = [end.get(timeout=60) for _ in both]
    for one in both:
        one.join(timeout=60)

    assert said == ["", ""]
    assert _tables(engines) == set(s.metadata.tables)


# The copy beside


def _file(tmp_path: Path) -> tuple[Engines, Path]:
    there = tmp_path / "vigie.db"
    return open_engines(f"sqlite:///{there}"), there


def test_a_file_is_copied_before_it_is_migrated(tmp_path: Path, next_revision: Callable[[str], None]) -> None:
    engines, there = _file(tmp_path)
    migrate.upgrade(engines.write)
    with engines.write.begin() as connection:
        connection.execute(sa.insert(s.facts).values(key="used_by", value="run"))
    was = migrate.head()
    next_revision("UPDATE facts SET value = 'changed'")

    copy = migrate.upgrade(engines.write)

    assert copy == there.with_name("vigie.before-9999.db")
    kept = sqlite3.connect(copy)
    assert kept.execute("SELECT value FROM facts").fetchone() == ("run",)
    assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == (was,)
    kept.close()
    engines.dispose()


def test_nothing_is_copied_when_there_is_nothing_to_keep_or_to_change(tmp_path: Path) -> None:
    engines, there = _file(tmp_path)
    assert migrate.upgrade(engines.write) is None
    assert migrate.upgrade(engines.write) is None
    engines.dispose()
    assert [one.name for one in tmp_path.glob("*.db*") if one.suffix == ".db"] == [there.name]


def test_a_copy_of_tables_that_another_process_migrated_first_is_not_kept(
    tmp_path: Path, next_revision: Callable[[str], None]
) -> None:
    engines, there = _file(tmp_path)
    migrate.upgrade(engines.write)
    assert not migrate._vacuum_into(engines.write, there.with_name("copy.db"), "an older revision")
    engines.dispose()
    assert [one.name for one in tmp_path.glob("copy*")] == []


def test_the_lines_of_a_record_from_before_requests_belong_to_none(
    engines: Engines, with_rows: Callable[[], dict[str, list[tuple[object, ...]]]]
) -> None:
    """Revision 0004, over rows that the tables of 0003 held: nothing else of a line changes, and it can go down."""
    before = with_rows()
    migrate.downgrade(engines.write, "0003")
    old = sa.MetaData()
    old.reflect(engines.write, only=["audit"])
    with engines.write.connect() as connection:
        (entry,) = connection.execute(sa.select(old.tables["audit"])).mappings()
    assert not {"request_id", "undoes_id"} & entry.keys()

    migrate.upgrade(engines.write)

    assert with_rows() == before
    with engines.write.connect() as connection:
        (line,) = connection.execute(sa.select(s.audit)).mappings()
    assert (line["request_id"], line["undoes_id"]) == (None, None)
