"""One team's rows copied into another database: what it is, without what has happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

HAPPENED = (s.runs, s.occurrences, s.messages, s.requests, s.audit, s.notes)
"""What a team's life leaves behind. Tables that point into these, such as items and deliveries, go with them."""


def lasting() -> list[Table]:
    """The tables that say what a team is, parents first."""
    gone = {table.name for table in HAPPENED}
    kept = []
    for table in s.metadata.sorted_tables:
        parents = {key.column.table.name for key in table.foreign_keys}
        if table.name in gone or parents & gone:
            gone.add(table.name)
        elif "team_id" in table.c or table is s.teams:
            kept.append(table)
    return kept


def copy_team(source: Connection, target: Engine, team: str) -> None:
    """Copy one team's lasting rows into an empty database with the same tables. The source is only read."""
    with target.begin() as connection:
        for table in lasting():
            mine = table.c.id if table is s.teams else table.c.team_id
            rows = [dict(row) for row in source.execute(sa.select(table).where(mine == team)).mappings()]
            if rows:
                connection.execute(sa.insert(table), rows)
