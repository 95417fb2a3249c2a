"""Schedule the urgent ladder (PRODUCT §3.11): one schedule for each rung of an item, planned like any moment.

A rung is an instant at which one member is told. The member is chosen when it comes (bot.tasks.ladder.chain), because
roles change. Each rung schedules the next, up to the ceiling (bot/alerts/nudges.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.engine.rhythm import Closed, Once, Rhythm
from bot.engine.schedule import Schedule
from bot.engine.scheduling import LADDER
from bot.ids import new_id
from bot.tasks.ladder import climbs, first_rung, next_rung, urgent_since
from bot.teams.roster import roster
from bot.zones import fingerprint

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.teams.roster import Roster
    from bot.teams.team import Team


def begin(tx: Tx, people: Roster, item: Item) -> None:
    """Schedule the first rung of an item that has a ladder: now if it is urgent, else once its deadline has passed."""
    at = first_rung(item, tx.now, people, tx.catalogue(item.team).defaults)
    if at is not None and item.is_open:
        climb(tx, people.team, item, at)


def climb(tx: Tx, team: Team, item: Item, at: datetime, rung: int = 1) -> None:
    """Move the ladder of an item to a rung at an instant, in place of any rung scheduled before."""
    ladder = tx.catalogue(team.id).defaults.ladder
    for step in range(1, ladder.reminders + ladder.escalations + 1):
        tx.schedules.remove(team.id, name(item, step))
    owe_rung(tx, team, item, at, rung)


def owe_rung(tx: Tx, team: Team, item: Item, at: datetime, rung: int) -> None:
    """Schedule one rung at an instant (to the minute)."""
    nominal = local(at, team.tz).replace(second=0, microsecond=0, fold=0)
    rhythm = Rhythm(Once(nominal.date()), (nominal.time(),), Closed.KEEP)
    mark = fingerprint(team.zone)
    tx.schedules.put(Schedule(team.id, new_id(tx.now), name(item, rung), rhythm, team.zone, mark, nominal, at))


def name(item: Item, rung: int) -> str:
    """Return the name of a rung's schedule: the nudge's prefix, the item's id and the rung."""
    return f"{LADDER}{item.id}:{rung}"


def follow(tx: Tx, team: Team, before: Item, after: Item) -> None:
    """Update the ladder of a changed item: start it again, give a new holder their time, or move it with its deadline.

    A ladder that has ended needs no change: its next rung notices.
    """
    if not after.is_open or urgent_since(after) is None or after.urgent_at != before.urgent_at:
        return  # the act that marks an item urgent begins the ladder itself
    people = roster(tx, team)
    if after.holder != before.holder and climbs(after, tx.now):
        climb(tx, team, after, next_rung(after, tx.now, people, tx.catalogue(team.id).defaults))
    elif not before.is_open or after.deadline != before.deadline or climbs(after, tx.now) > climbs(before, tx.now):
        begin(tx, people, after)
