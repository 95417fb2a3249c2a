from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.influencers.influencer import Influencer
from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence


class Influencers(Repository):
    """Rows ↔ the roster of influencers (port: bot.influencers.influencer.Influencers)."""

    def add(self, influencer: Influencer) -> None:
        self.connection.execute(sa.insert(s.influencers).values(_row(influencer)))

    def save(self, influencer: Influencer) -> bool:
        where = s.influencers.c
        changed = self.connection.execute(
            sa.update(s.influencers)
            .where(where.team_id == influencer.team, where.id == influencer.id)
            .values(_row(influencer))
        )
        return changed.rowcount == 1

    def get(self, team: str, influencer: str) -> Influencer | None:
        found = self._select(team, s.influencers.c.id == influencer)
        return found[0] if found else None

    def all(self, team: str) -> Sequence[Influencer]:
        return self._select(team, sa.true())

    def _select(self, team: str, condition: sa.ColumnElement[bool]) -> list[Influencer]:
        where = s.influencers.c
        rows = self.connection.execute(
            sa.select(s.influencers).where(where.team_id == team, condition).order_by(where.name, where.id)
        )
        return [_influencer(row) for row in rows]


def _row(influencer: Influencer) -> dict[str, Any]:
    return {
        "team_id": influencer.team,
        "id": influencer.id,
        "name": influencer.name,
        "network": influencer.network,
        "topic": influencer.topic,
        "ideal_days": influencer.ideal_days,
        "active": influencer.active,
    }


def _influencer(row: Any) -> Influencer:
    return Influencer(row.team_id, row.id, row.name, row.network, row.topic, row.ideal_days, row.active)
