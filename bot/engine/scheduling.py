"""A team's schedules: one per nudge that it has, derived from its settings and its templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.civil import instant
from bot.domain.ids import new_id
from bot.domain.rhythm import next_nominal
from bot.domain.schedule import Schedule
from bot.zones import fingerprint

if TYPE_CHECKING:
    from datetime import datetime

    from bot.catalogue.defaults import Defaults
    from bot.domain.rhythm import Rhythm
    from bot.domain.team import Team
    from bot.ports import Tx
    from bot.registry import Registry


def schedule_team(tx: Tx, team: Team, registry: Registry, defaults: Defaults) -> None:
    """Store when each nudge of the team comes next, from now on."""
    by_key = {one.key: one for one in tx.templates.all(team.id) if one.state == "active"}
    for nudge in registry.nudges.values():
        template = by_key.get(nudge.id)
        own = template.rhythm if template else None
        rhythm = nudge.rhythm(team, defaults) if nudge.rhythm else own
        if rhythm is not None:
            tx.schedules.put(schedule(team, nudge.id, rhythm, tx.now))


def schedule(team: Team, nudge: str, rhythm: Rhythm, now: datetime) -> Schedule:
    """A nudge's schedule whose next moment is the first after `now`."""
    nominal = next_nominal(rhythm, team.calendar, team.local(now))
    return Schedule(
        team=team.id,
        id=new_id(now),
        nudge=nudge,
        rhythm=rhythm,
        zone=team.zone,
        fingerprint=fingerprint(team.zone),
        nominal_next=nominal,
        next_fire_at=instant(nominal, team.tz) if nominal else None,
    )
