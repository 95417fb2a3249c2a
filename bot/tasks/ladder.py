"""The urgent ladder (PRODUCT §3.11): who hears of an urgent item, in which order, when, and where it ends.

The routine ladder is one private reminder (bot.tasks.reminding) and never reaches the lead. The urgent one goes from
the holder to the backup to the lead, so many reminders and so many escalations, in working time; then it is silent.
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
"""The role of who agreed to be told of alerts outside working time."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Who answers for an item at an instant: its holder, the backup, the lead; None where there is nobody."""

    holder: Member | None
    backup: Member | None
    lead: Member | None

    def rungs(self, reminders: int, escalations: int) -> tuple[Member, ...]:
        """Who is told, one after the other: the reminders first, then the lead, unless they hold it themselves.

        With nobody below the lead the lead is reminded. Its length is the ceiling.
        """
        below = [one for one in dict.fromkeys((self.holder, self.backup)) if one is not None]
        if len(below) > 1:  # a lead who is the backup is the escalation already
            below = [one for one in below if one != self.lead or one == self.holder]
        told = tuple(islice(cycle(below or [one for one in (self.lead,) if one]), reminders))
        above = () if self.lead is None or self.lead in told else (self.lead,) * escalations
        return told + above


def chain(item: Item, instant: datetime, roster: Roster, defaults: Defaults) -> Chain:
    """Who answers for the item at that instant; outside working time, for an alert, who is on call and nobody else."""
    watching = _on_call(roster) if item.task.alert else None
    if watching is not None and not working(instant, roster.team, defaults):
        return Chain(watching, None, None)
    holder = roster.member(item.holder) or roster.holder(item.task.role)
    backups = (
        roster.member(one.member)
        for role in (item.task.role, FALLBACK.get(item.task.role))
        for one in roster.holdings
        if (one.role, one.kind) == (role, "backup")
    )
    return Chain(holder, next((one for one in backups if one not in (None, holder)), None), roster.lead)


def _on_call(roster: Roster) -> Member | None:
    held = (roster.member(one.member) for one in roster.holdings if (one.role, one.kind) == (ON_CALL, "holder"))
    return next((one for one in held if one is not None), None)


def urgent_since(item: Item) -> datetime | None:
    """Since when the item is urgent, or from when on it will be: said by somebody, or its deadline if it is such a
    task; None when it never is.
    """
    return item.urgent_at or (item.deadline if item.task.urgent_when_late else None)


def climbs(item: Item, now: datetime) -> bool:
    """Whether its ladder goes on: open, urgent by now, and nobody who answers for it has said that they have it."""
    since = urgent_since(item)
    if since is None or since > now or not item.is_open:
        return False
    return item.heeded_at is None or item.heeded_at < since


def heeded(item: Item, now: datetime) -> datetime | None:
    """What `heeded_at` is once somebody who answers for it has said that they have it."""
    return now if climbs(item, now) else item.heeded_at


def first_rung(item: Item, now: datetime, roster: Roster, defaults: Defaults) -> datetime | None:
    """When the first one is told; None when the item is not urgent."""
    since = urgent_since(item)
    if since is None:
        return None
    return _speakable(max(since, now), item, roster, defaults)


def next_rung(item: Item, told_at: datetime, roster: Roster, defaults: Defaults) -> datetime:
    """When the next one is told: so many minutes of working time later; of any time when somebody is on call for it."""
    minutes = defaults.ladder.unclaimed
    if item.task.alert and _on_call(roster) is not None:
        return _speakable(told_at + timedelta(minutes=minutes), item, roster, defaults)
    team = roster.team
    there = work_on(local(told_at, team.tz), minutes, hours_of(team, defaults), team.calendar)
    return instant_of(there, team.tz)


def after_last(now: datetime, team: Team, defaults: Defaults) -> datetime | None:
    """When a ladder that was climbed outside working time goes on in it: the next opening; None within working time."""
    there = local(now, team.tz)
    opening = defer(there, hours_of(team, defaults), team.calendar, urgent=True)
    return None if opening == there else instant_of(opening, team.tz)


def ceiling_reached(item: Item, now: datetime, roster: Roster, defaults: Defaults) -> bool:
    """Whether everybody whom its ladder reaches has been told, and it is still open: the digest's red line."""
    at = first_rung(item, urgent_since(item) or now, roster, defaults) if climbs(item, now) else None
    if at is None or (item.later_at is not None and item.later_at > now):
        return False
    steps = chain(item, now, roster, defaults).rungs(defaults.ladder.reminders, defaults.ladder.escalations)
    for _ in range(len(steps) - 1):
        at = next_rung(item, at, roster, defaults)
    return at <= now


def told_by(item: Item, rung: int, now: datetime, roster: Roster, defaults: Defaults) -> Sequence[Member]:
    """Who is told at a rung (from 1): the one person, nobody beyond the ceiling."""
    ladder = defaults.ladder
    return chain(item, now, roster, defaults).rungs(ladder.reminders, ladder.escalations)[rung - 1 : rung]


def working(instant: datetime, team: Team, defaults: Defaults) -> bool:
    """Whether urgent things may be said at that instant: working days and hours, lunch included."""
    there = local(instant, team.tz)
    return defer(there, hours_of(team, defaults), team.calendar, urgent=True) == there


def _speakable(at: datetime, item: Item, roster: Roster, defaults: Defaults) -> datetime:
    """At once in working time, or when somebody is on call for it; else at the next opening."""
    team = roster.team
    if item.task.alert and _on_call(roster) is not None:
        return at
    there = local(at, team.tz)
    opening = defer(there, hours_of(team, defaults), team.calendar, urgent=True)
    return at if opening == there else instant_of(opening, team.tz)
