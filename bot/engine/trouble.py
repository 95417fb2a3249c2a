"""Sending fails for a team, and works again: its lead is told once each time, in private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.ids import new_id
from bot.domain.posting import Delivery, Destination, NewPosting, Posting
from bot.domain.roster import roster

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.ports import Tx

PREFIX = "trouble:"


class Troubles:
    """Which teams are in trouble, as far as this process has seen; the database's facts are the truth."""

    def __init__(self) -> None:
        self._seen: set[str] | None = None

    def begin(self, tx: Tx, team: str) -> None:
        """Something for this team was given up."""
        if tx.facts.get(PREFIX + team) is None:
            tx.facts.put(PREFIX + team, tx.now.isoformat())
            _tell(tx, team, "trouble")
        self._known(tx).add(team)

    def over(self, tx: Tx, teams: Collection[str]) -> None:
        """Something for these teams got through."""
        for team in self._known(tx) & set(teams):
            if tx.facts.forget(PREFIX + team):
                _tell(tx, team, "recovered")
            self._known(tx).discard(team)

    def _known(self, tx: Tx) -> set[str]:
        if self._seen is None:
            self._seen = {key.removeprefix(PREFIX) for key in tx.facts.keys(PREFIX)}
        return self._seen


def _tell(tx: Tx, team: str, kind: str) -> None:
    found = tx.teams.get(team)
    lead = roster(tx, found).lead if found else None
    if lead is None:
        return
    posting = Posting(team, new_id(tx.now), Destination(member=lead.id), kind, tx.now.isoformat(), tx.now)
    tx.postings.add_many([NewPosting(posting)])
    tx.outbox.owe([Delivery(team, new_id(tx.now), posting.id, "post", tx.now)])
