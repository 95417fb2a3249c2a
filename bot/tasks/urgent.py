"""Run the urgent ladder (PRODUCT §3.11): one schedule for each rung of an item, planned as every moment is.

A rung is a moment at which one person is told. Who that is, is decided when it comes (bot.tasks.ladder.chain), not
before: roles change. Each rung leaves the next one behind it, up to the ceiling (bot/alerts/nudges.py).
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
    """Put an item on its ladder, if it has one: now if it is urgent already, else when its deadline has passed."""
    at = first_rung(item, tx.now, people, tx.catalogue(item.team).defaults)
    if at is not None and item.is_open:
        climb(tx, people.team, item, at)


def climb(tx: Tx, team: Team, item: Item, at: datetime, rung: int = 1) -> None:
    """Let the ladder go on at a rung, at an instant, in place of wherever it was."""
    ladder = tx.catalogue(team.id).defaults.ladder
    for step in range(1, ladder.reminders + ladder.escalations + 1):
        tx.schedules.remove(team.id, name(item, step))
    owe_rung(tx, team, item, at, rung)


def owe_rung(tx: Tx, team: Team, item: Item, at: datetime, rung: int) -> None:
    """Let one rung come at an instant (to the minute)."""
    nominal = local(at, team.tz).replace(second=0, microsecond=0, fold=0)
    rhythm = Rhythm(Once(nominal.date()), (nominal.time(),), Closed.KEEP)
    mark = fingerprint(team.zone)
    tx.schedules.put(Schedule(team.id, new_id(tx.now), name(item, rung), rhythm, team.zone, mark, nominal, at))


def name(item: Item, rung: int) -> str:
    """Build the name of a rung's schedule: after the nudge's name, the item and how high the rung is."""
    return f"{LADDER}{item.id}:{rung}"


def follow(tx: Tx, team: Team, before: Item, after: Item) -> None:
    """Move an item's ladder along after a change of the item.

    It begins again where it climbs anew, gives a new holder their time, or moves along with its deadline. What has
    ended needs nothing: its next rung finds that out.
    """
    if not after.is_open or urgent_since(after) is None or after.urgent_at != before.urgent_at:
        return  # the act that says that it cannot wait begins the ladder itself
    people = roster(tx, team)
    if after.holder != before.holder and climbs(after, tx.now):
        climb(tx, team, after, next_rung(after, tx.now, people, tx.catalogue(team.id).defaults))
    elif not before.is_open or after.deadline != before.deadline or climbs(after, tx.now) > climbs(before, tx.now):
        begin(tx, people, after)
