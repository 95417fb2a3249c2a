"""Sending fails for a team, and works again: its lead is told once each time, in private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.posting import Delivery, Destination, NewPosting, Posting
from bot.ids import new_id
from bot.teams.roster import roster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.ports import Tx

PREFIX = "trouble:"
UNSURE = "unsure"


class Troubles:
    """Which places of which teams are in trouble, as far as this process has seen; the facts are the truth.

    By place: that the lead can be reached in private does not mean that the channel can.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] | None = None

    def begin(self, tx: Tx, team: str, place: str) -> None:
        """Something for this place was given up. The lead is told when it is the team's first trouble."""
        known = self._known(tx)
        if tx.facts.get(_key(team, place)) is None:
            first = not tx.facts.keys(_key(team, ""))
            tx.facts.put(_key(team, place), tx.now.isoformat())
            if first:
                tell_lead(tx, team, "trouble")
        known.add((team, place))

    def over(self, tx: Tx, places: Iterable[tuple[str, str]]) -> None:
        """Something for these (team, place) pairs got through. The lead is told when no trouble is left."""
        known = self._known(tx)
        for team, place in known.intersection(places) if known else ():
            if tx.facts.forget(_key(team, place)) and not tx.facts.keys(_key(team, "")):
                tell_lead(tx, team, "recovered")
            known.discard((team, place))

    def read_again(self) -> None:
        """What this process has seen was not committed: believe the facts."""
        self._seen = None

    def _known(self, tx: Tx) -> set[tuple[str, str]]:
        if self._seen is None:
            stored = (key.removeprefix(PREFIX).split(":", 1) for key in tx.facts.keys(PREFIX))
            self._seen = {(team, place) for team, place in stored}
        return self._seen


def _key(team: str, place: str) -> str:
    return f"{PREFIX}{team}:{place}"


def unsure(tx: Tx, team: str) -> None:
    """A post of the team's may be there or not: its lead is asked to look, in one message about all such posts.

    It is drawn from what nobody knows at that moment, so that another one only edits it.
    """
    asked = tx.postings.newest(team, UNSURE)
    if asked is None or len(tx.outbox.unsure(team)) == 1:
        tell_lead(tx, team, UNSURE)
        return
    tx.postings.touch_one(team, asked.id)
    if asked.ref is not None:
        tx.outbox.owe([Delivery(team, new_id(tx.now), asked.id, "edit", tx.now)])


def tell_lead(tx: Tx, team: str, kind: str, subject: str = "") -> None:
    """Owe the team's lead one private message of a kind of bot.engine.nudges, at once (of this moment)."""
    found = tx.teams.get(team)
    lead = roster(tx, found).lead if found else None
    if lead is None:
        return
    posting = Posting(team, new_id(tx.now), Destination(member=lead.id), kind, subject or tx.now.isoformat(), tx.now)
    tx.postings.add_many([NewPosting(posting)])
    tx.outbox.owe([Delivery(team, new_id(tx.now), posting.id, "post", tx.now)])
