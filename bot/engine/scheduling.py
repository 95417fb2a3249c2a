"""Derive a team's schedules, one per nudge that it has, from its settings and its templates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.civil import instant, local
from bot.engine.rhythm import next_nominal
from bot.engine.schedule import CatchUp, Schedule
from bot.ids import new_id
from bot.zones import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.catalogue.defaults import Defaults
    from bot.catalogue.loader import Catalogue
    from bot.engine.rhythm import Rhythm
    from bot.ports import Tx
    from bot.registry import Registry
    from bot.teams.team import Team


LADDER = "urgent:"
"""Begins the names of schedules that belong to one item (bot.tasks.urgent), not to the team's settings."""
WATCH = "watch:"
"""Begins the names of schedules that end one member's week-end on call (bot.alerts.on_call)."""
ONE_OFF = (LADDER, WATCH)


def schedule_team(tx: Tx, team: Team, registry: Registry, defaults: Defaults) -> None:
    """Store when each nudge of the team comes next, from now on, and stop those that it no longer has.

    A moment that is due and not planned yet is kept, whatever changes meanwhile.
    """
    derived = rhythms(tx, team, registry, defaults)
    stored = {former.nudge: former for former in tx.schedules.all(team.id)}
    for nudge in stored.keys() - derived.keys():
        if nudge.startswith(ONE_OFF):
            _keep_instant(tx, team, stored[nudge])
        else:
            tx.schedules.remove(team.id, nudge)
    for nudge, rhythm in derived.items():
        pending = stored[nudge].next_fire_at if nudge in stored else None
        since = min(tx.now, pending - timedelta(minutes=1)) if pending else tx.now
        tx.schedules.put(schedule(team, nudge, rhythm, since, policy(nudge, registry, tx.catalogue(team.id))))


def rhythms(tx: Tx, team: Team, registry: Registry, defaults: Defaults) -> Mapping[str, Rhythm]:
    """Derive when each nudge of the team recurs: the product's own, then the templates, by key.

    A template whose catalogue entry leaves it to a nudge that speaks at its own time (the morning card) has none here.
    """
    entries = tx.catalogue(team.id).tasks
    derived = {name: nudge.rhythm(team, defaults) for name, nudge in registry.nudges.items() if nudge.rhythm}
    for template in tx.templates.all(team.id):
        entry = entries.get(template.key)
        has_own_schedule = entry is None or entry.nudge is None or template.key in registry.nudges
        if template.state == "active" and template.rhythm and has_own_schedule and template.key not in derived:
            derived[template.key] = template.rhythm
    return derived


def policy(nudge: str, registry: Registry, catalogue: Catalogue) -> CatchUp:
    """Choose what becomes of a nudge's moments during a stop: as the catalogue's entry says, else the nudge."""
    entry, registered = catalogue.tasks.get(nudge), registry.nudge(nudge)
    return (entry.catch_up if entry else None) or (registered.catch_up if registered else CatchUp.LATEST)


def _keep_instant(tx: Tx, team: Team, stored: Schedule) -> None:
    """Keep a one-off schedule at its instant, whatever the team's zone is now."""
    if stored.next_fire_at is not None and stored.zone != team.zone:
        nominal = local(stored.next_fire_at, team.tz)
        tx.schedules.put(stored._replace(zone=team.zone, fingerprint=fingerprint(team.zone), nominal_next=nominal))


def schedule(team: Team, nudge: str, rhythm: Rhythm, now: datetime, catch_up: CatchUp = CatchUp.LATEST) -> Schedule:
    """Build a nudge's schedule whose next moment is the first after `now`."""
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
        catch_up=catch_up,
    )
