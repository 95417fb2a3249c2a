"""Urgent ladder (PRODUCT §3.11): the order in which members are told of an urgent item, the instants, and the end.

The routine ladder is one private reminder (bot.tasks.reminding) and never reaches the lead. The urgent ladder climbs
from the holder to the backup to the lead, a set number of reminders and escalations in working time, then is silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from typing import TYPE_CHECKING

from bot.civil import instant as instant_of
from bot.civil import local
from bot.teams.hours import defer, hours_of, work_on
from bot.teams.role import FALLBACK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.catalogue.defaults import Defaults
    from bot.tasks.checklist import Item
    from bot.teams.member import Member
    from bot.teams.roster import Roster
    from bot.teams.team import Team

ON_CALL = "on-call"
"""Role of the member who agreed to be told of alerts outside working time."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Members who answer for an item at an instant: holder, backup, lead; None for each that does not exist."""

    holder: Member | None
    backup: Member | None
    lead: Member | None

    def rungs(self, reminders: int, escalations: int) -> tuple[Member, ...]:
        """Return the member told at each rung: the reminders first, then the lead, unless the lead is among them.

        With no holder and no backup the lead is reminded. The length is the ceiling of the ladder.
        """
        reminded_members = [member for member in dict.fromkeys((self.holder, self.backup)) if member is not None]
        if len(reminded_members) > 1:  # a lead who is the backup is the escalation already
            reminded_members = [member for member in reminded_members if member != self.lead or member == self.holder]
        reminders_sent = tuple(
            islice(cycle(reminded_members or [member for member in (self.lead,) if member]), reminders)
        )
        escalations_sent = () if self.lead is None or self.lead in reminders_sent else (self.lead,) * escalations
        return reminders_sent + escalations_sent


def chain(item: Item, instant: datetime, roster: Roster, defaults: Defaults) -> Chain:
    """Build the chain of an item at an instant; outside working time, for an alert, the on-call member alone."""
    on_call = _find_on_call(roster) if item.task.alert else None
    if on_call is not None and not working(instant, roster.team, defaults):
        return Chain(on_call, None, None)
    holder = roster.member(item.holder) or roster.holder(item.task.role)
    backups = (
        roster.member(holding.member)
        for role in (item.task.role, FALLBACK.get(item.task.role))
        for holding in roster.holdings
        if (holding.role, holding.kind) == (role, "backup")
    )
    return Chain(holder, next((member for member in backups if member not in (None, holder)), None), roster.lead)


def _find_on_call(roster: Roster) -> Member | None:
    """Return the member who holds the on-call role, or None."""
    candidates = (
        roster.member(holding.member)
        for holding in roster.holdings
        if (holding.role, holding.kind) == (ON_CALL, "holder")
    )
    return next((member for member in candidates if member is not None), None)


def urgent_since(item: Item) -> datetime | None:
    """Return the instant from which the item is (or will be) urgent; None when it never is.

    It is the mark of a member, or the deadline of a task that is urgent when late.
    """
    return item.urgent_at or (item.deadline if item.task.urgent_when_late else None)


def climbs(item: Item, now: datetime) -> bool:
    """Tell whether an item climbs its ladder: open, urgent by now, and acknowledged by no person answerable for it."""
    since = urgent_since(item)
    if since is None or since > now or not item.is_open:
        return False
    return item.heeded_at is None or item.heeded_at < since


def heeded(item: Item, now: datetime) -> datetime | None:
    """Return the `heeded_at` of an item once a person answerable for it has acknowledged it."""
    return now if climbs(item, now) else item.heeded_at


def first_rung(item: Item, now: datetime, roster: Roster, defaults: Defaults) -> datetime | None:
    """Return the instant of the first rung; None when the item is not urgent."""
    since = urgent_since(item)
    if since is None:
        return None
    return _defer_to_working_time(max(since, now), item, roster, defaults)


def next_rung(item: Item, told_at: datetime, roster: Roster, defaults: Defaults) -> datetime:
    """Return the instant of the rung after one at `told_at`: some minutes of working time later.

    The minutes are of any time for an alert with a member on call.
    """
    minutes = defaults.ladder.unclaimed
    if item.task.alert and _find_on_call(roster) is not None:
        return _defer_to_working_time(told_at + timedelta(minutes=minutes), item, roster, defaults)
    team = roster.team
    reached = work_on(local(told_at, team.tz), minutes, hours_of(team, defaults), team.calendar)
    return instant_of(reached, team.tz)


def after_last(now: datetime, team: Team, defaults: Defaults) -> datetime | None:
    """Return the next opening, at which a ladder climbed outside working time goes on; None within working time."""
    local_now = local(now, team.tz)
    opening = defer(local_now, hours_of(team, defaults), team.calendar, urgent=True)
    return None if opening == local_now else instant_of(opening, team.tz)


def ceiling_reached(item: Item, now: datetime, roster: Roster, defaults: Defaults) -> bool:
    """Tell whether every member on the ladder has been told and the item is still open: the recap's red line."""
    at = first_rung(item, urgent_since(item) or now, roster, defaults) if climbs(item, now) else None
    if at is None or (item.later_at is not None and item.later_at > now):
        return False
    steps = chain(item, now, roster, defaults).rungs(defaults.ladder.reminders, defaults.ladder.escalations)
    for _ in range(len(steps) - 1):
        at = next_rung(item, at, roster, defaults)
    return at <= now


def told_by(item: Item, rung: int, now: datetime, roster: Roster, defaults: Defaults) -> Sequence[Member]:
    """Return the one member told at a rung (from 1); an empty sequence beyond the ceiling."""
    ladder = defaults.ladder
    return chain(item, now, roster, defaults).rungs(ladder.reminders, ladder.escalations)[rung - 1 : rung]


def working(instant: datetime, team: Team, defaults: Defaults) -> bool:
    """Tell whether urgent messages may leave at an instant: working days and hours, lunch included."""
    local_time = local(instant, team.tz)
    return defer(local_time, hours_of(team, defaults), team.calendar, urgent=True) == local_time


def _defer_to_working_time(at: datetime, item: Item, roster: Roster, defaults: Defaults) -> datetime:
    """Return `at` in working time or for an alert with a member on call; else the next opening."""
    team = roster.team
    if item.task.alert and _find_on_call(roster) is not None:
        return at
    local_time = local(at, team.tz)
    opening = defer(local_time, hours_of(team, defaults), team.calendar, urgent=True)
    return at if opening == local_time else instant_of(opening, team.tz)
