"""One team's lasting rows, and no other's, in another database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.catalogue.loader import load
from bot.cli import _demo_team as demo
from bot.registry import load as load_registry
from storage import schema as s
from storage.copy_team import copy_team, lasting
from storage.engines import open_engines
from storage.migrate import upgrade
from tests.story import tell

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

LEFT = {"runs", "items", "occurrences", "messages", "message_items", "message_occurrences", "deliveries", "reactions",
        "requests", "audit", "notes"}  # fmt: skip


def rows(connection: Connection, table: Table) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)


def test_what_has_happened_to_a_team_stays_behind() -> None:
    names = {table.name for table in lasting()}

    assert not names & LEFT
    assert names | LEFT >= {table.name for table in s.metadata.sorted_tables if "team_id" in table.c}


async def test_a_team_is_copied_whole_and_alone(address: str) -> None:
    async with tell(address) as story:
        await story.says("Léa", "fait veille")
        await story.until("10:00")
        await story.app.store.write(
            lambda tx: demo.seed(tx, load_registry(), load(), "en", "discord")  # a second team in the same database
        )
        target = open_engines("sqlite://")
        upgrade(target.write)
        with story.app.store.engines.read.connect() as source:
            copy_team(source, target.write, story.place.team)
            with target.write.connect() as copied:
                for table in lasting():
                    mine = table.c.id if table is s.teams else table.c.team_id
                    there = source.execute(sa.select(table).where(mine == story.place.team))
                    assert rows(copied, table) == sorted((tuple(row) for row in there), key=repr), table.name
                assert not rows(copied, s.items)
        target.dispose()
