"""Volunteers for one week-end: on call from their word until the team's next opening, and then relieved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.engine.rhythm import Closed, Once, Rhythm
from bot.engine.schedule import Schedule
from bot.engine.scheduling import WATCH
from bot.ids import new_id
from bot.record.audit import Entry
from bot.tasks.ladder import ON_CALL
from bot.teams.hours import next_opening
from bot.teams.role_changes import RoleSlot, give_role, list_holders
from bot.zones import fingerprint

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.call import Call
    from bot.ports import Tx
    from bot.teams.roster import Roster

SLOT = RoleSlot(ON_CALL)


def end_of_watch(call: Call, day: date) -> datetime | None:
    """Return the instant until which the line of a local day asks for somebody on call; None once it has passed."""
    until = next_opening(call.team, day)
    return until if call.now < until else None


def is_on_call(call: Call) -> bool:
    """Tell whether the asker holds the on-call role."""
    return call.me in list_holders(call, SLOT)


def volunteer(call: Call, tx: Tx, until: datetime) -> None:
    """Give the asker the on-call role, before those who hold it already, until an instant."""
    give_role(call, tx, SLOT, [call.me, *list_holders(call, SLOT)])
    nominal, zone = local(until, call.team.tz), call.team.zone
    rhythm = Rhythm(Once(nominal.date()), (nominal.time(),), Closed.KEEP)
    name = f"{WATCH}{call.me.id}"
    tx.schedules.put(
        Schedule(call.team.id, new_id(tx.now), name, rhythm, zone, fingerprint(zone), nominal.replace(fold=0), until)
    )


def is_volunteer(call: Call, tx: Tx) -> bool:
    """Tell whether the asker is on call for these days only, and still is."""
    name = f"{WATCH}{call.me.id}"
    stored = (schedule for schedule in tx.schedules.all(call.team.id) if schedule.nudge == name)
    return is_on_call(call) and any(schedule.next_fire_at is not None for schedule in stored)


def withdraw(call: Call, tx: Tx) -> None:
    """Take the on-call role back from a volunteer; the others keep it."""
    tx.schedules.remove(call.team.id, f"{WATCH}{call.me.id}")
    give_role(call, tx, SLOT, [member for member in list_holders(call, SLOT) if member != call.me])


def relieve(tx: Tx, people: Roster, member: str) -> None:
    """Take the on-call role back from a volunteer whose time is over, on record as an act of Vigie."""
    held = SLOT.of(people.holdings)
    for holding in held:
        if holding.member == member:
            tx.roles.take_back(people.team.id, holding.id)
    remaining = [holding.member for holding in held if holding.member != member]
    if len(remaining) == len(held):  # by now somebody else was named
        return
    entry = Entry(
        people.team.id, new_id(tx.now), tx.now, "role", "role", ON_CALL, behalf=member,
        before={SLOT.kind: ",".join(holding.member for holding in held), "account": None},
        after={SLOT.kind: ",".join(remaining) or None, "account": None},
    )  # fmt: skip
    tx.audit.write(entry)
