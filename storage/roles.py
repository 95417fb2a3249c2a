from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.role import Holding
from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence


class Roles(Repository):
    """Rows ↔ holdings (port: bot.domain.role.Roles)."""

    def holdings(self, team: str) -> Sequence[Holding]:
        where = s.holdings.c
        rows = self.connection.execute(sa.select(s.holdings).where(where.team_id == team).order_by(where.id))
        return [Holding(row.team_id, row.id, row.role, row.member_id, row.kind, row.account_id) for row in rows]

    def give(self, holding: Holding) -> None:
        self.connection.execute(
            sa.insert(s.holdings).values(
                team_id=holding.team,
                id=holding.id,
                role=holding.role,
                member_id=holding.member,
                kind=holding.kind,
                account_id=holding.account,
            )
        )

    def take_back(self, team: str, holding: str) -> bool:
        where = s.holdings.c
        gone = self.connection.execute(sa.delete(s.holdings).where(where.team_id == team, where.id == holding))
        return gone.rowcount == 1
