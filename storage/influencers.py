from __future__ import annotations

from bot.influencers.influencer import Influencer
from storage import schema as s
from storage.repository import Rows


class Influencers(Rows[Influencer]):
    """Rows ↔ the roster of influencers (port: bot.influencers.influencer.Influencers)."""

    table = s.influencers
    noun = Influencer
    order = ("name", "id")

    def remove(self, team: str, influencer: str) -> bool:
        return self._delete(team, influencer)
