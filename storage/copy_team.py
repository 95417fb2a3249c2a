"""Copy one team's settings into another database, without its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

HISTORY = (s.runs, s.occurrences, s.messages, s.requests, s.audit, s.notes)
"""Tables of a team's history. Tables with foreign keys to these, such as items and deliveries, belong to it too."""


def lasting() -> list[Table]:
    """Return the tables of a team's settings, parents first."""
    history = {table.name for table in HISTORY}
    kept = []
    for table in s.metadata.sorted_tables:
        parents = {key.column.table.name for key in table.foreign_keys}
        if table.name in history or parents & history:
            history.add(table.name)
        elif "team_id" in table.c or table is s.teams:
            kept.append(table)
    return kept


def copy_team(source: Connection, target: Engine, team: str) -> None:
    """Copy one team's lasting rows into an empty database with the same tables. The source is only read."""
    with target.begin() as connection:
        for table in lasting():
            team_column = table.c.id if table is s.teams else table.c.team_id
            rows = [dict(row) for row in source.execute(sa.select(table).where(team_column == team)).mappings()]
            if rows:
                connection.execute(sa.insert(table), rows)
