"""Tell a team's lead in private, once each time, that sending fails and that it works again."""

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
    """Remembers which places of which teams are in trouble, as far as this process has seen.

    The stored facts are the truth. By place: a lead who can be reached in private says nothing of the channel.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] | None = None

    def begin(self, tx: Tx, team: str, place: str) -> None:
        """Record that something for this place was given up; tell the lead when it is the team's first trouble."""
        in_trouble = self._read_seen(tx)
        if tx.facts.get(_build_key(team, place)) is None:
            first = not tx.facts.keys(_build_key(team, ""))
            tx.facts.put(_build_key(team, place), tx.now.isoformat())
            if first:
                tell_lead(tx, team, "trouble")
        in_trouble.add((team, place))

    def over(self, tx: Tx, places: Iterable[tuple[str, str]]) -> None:
        """Record that something for these (team, place) pairs got through; tell the lead when no trouble is left."""
        in_trouble = self._read_seen(tx)
        for team, place in in_trouble.intersection(places) if in_trouble else ():
            if tx.facts.forget(_build_key(team, place)) and not tx.facts.keys(_build_key(team, "")):
                tell_lead(tx, team, "recovered")
            in_trouble.discard((team, place))

    def read_again(self) -> None:
        """Read the facts again: what this process has seen was not committed."""
        self._seen = None

    def _read_seen(self, tx: Tx) -> set[tuple[str, str]]:
        if self._seen is None:
            stored = (key.removeprefix(PREFIX).split(":", 1) for key in tx.facts.keys(PREFIX))
            self._seen = {(team, place) for team, place in stored}
        return self._seen


def _build_key(team: str, place: str) -> str:
    return f"{PREFIX}{team}:{place}"


def unsure(tx: Tx, team: str) -> None:
    """Ask the team's lead to look for a post that may be there or not, in one message about all such posts.

    It is drawn from what nobody knows at that moment, so that another one only edits it.
    """
    posting = tx.postings.newest(team, UNSURE)
    if posting is None or len(tx.outbox.unsure(team)) == 1:
        tell_lead(tx, team, UNSURE)
        return
    tx.postings.touch_one(team, posting.id)
    if posting.ref is not None:
        tx.outbox.owe([Delivery(team, new_id(tx.now), posting.id, "edit", tx.now)])


def tell_lead(tx: Tx, team: str, kind: str, subject: str = "") -> None:
    """Owe the team's lead one private message of a kind of bot.engine.nudges, at once (of this moment)."""
    stored = tx.teams.get(team)
    lead = roster(tx, stored).lead if stored else None
    if lead is None:
        return
    posting = Posting(team, new_id(tx.now), Destination(member=lead.id), kind, subject or tx.now.isoformat(), tx.now)
    tx.postings.add_many([NewPosting(posting)])
    tx.outbox.owe([Delivery(team, new_id(tx.now), posting.id, "post", tx.now)])
