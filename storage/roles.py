from __future__ import annotations

from typing import TYPE_CHECKING

from bot.teams.role import Holding
from storage import schema as s
from storage.repository import Mapped, grouped_by_team

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Roles(Mapped[Holding]):
    """Rows ↔ holdings (port: bot.teams.role.Roles)."""

    table = s.holdings
    noun = Holding

    def holdings(self, team: str) -> Sequence[Holding]:
        return self._select(self.table.c.team_id == team)

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Holding]]:
        return grouped_by_team(teams, self._select(self.among(self.table.c.team_id, teams)))

    def give(self, holding: Holding) -> None:
        self._insert(holding)

    def take_back(self, team: str, holding: str) -> bool:
        return self._delete(team, holding)
