from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.role import Holding
from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Roles(Repository):
    """Rows ↔ holdings (port: bot.domain.role.Roles)."""

    remembered: Remembered

    def holdings(self, team: str) -> Sequence[Holding]:
        return self.remembered.get(team, ("holdings",), lambda: tuple(self.of([team]).get(team, ())))

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Holding]]:
        where = s.holdings.c
        found: dict[str, list[Holding]] = {}
        for row in self.connection.execute(sa.select(s.holdings).where(where.team_id.in_(teams)).order_by(where.id)):
            one = Holding(row.team_id, row.id, row.role, row.member_id, row.kind, row.account_id)
            found.setdefault(one.team, []).append(one)
        return found

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
        self.remembered.changed(holding.team)

    def take_back(self, team: str, holding: str) -> bool:
        where = s.holdings.c
        gone = self.connection.execute(sa.delete(s.holdings).where(where.team_id == team, where.id == holding))
        self.remembered.changed(team)
        return gone.rowcount == 1
