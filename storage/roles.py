from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.teams.role import Holding
from storage import schema as s
from storage.bulk import listed, tuples
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.remembered import Remembered

_OF = "SELECT team_id, id, role, member_id, kind, account_id FROM holdings WHERE team_id {teams} ORDER BY id"


@dataclass(frozen=True, slots=True)
class Roles(Repository):
    """Rows ↔ holdings (port: bot.teams.role.Roles)."""

    remembered: Remembered

    def holdings(self, team: str) -> Sequence[Holding]:
        return self.remembered.get(team, ("holdings",), lambda: tuple(self._of([team]).get(team, ())))

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Holding]]:
        return self.remembered.many(teams, ("holdings",), self._of)

    def _of(self, teams: Sequence[str]) -> dict[str, Sequence[Holding]]:
        condition, ids = listed(self.connection, teams)
        found: dict[str, list[Holding]] = {team: [] for team in teams}
        for row in tuples(self.connection, _OF.format(teams=condition), (ids,)):
            found[row[0]].append(Holding(*row))
        return {team: tuple(some) for team, some in found.items()}

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
