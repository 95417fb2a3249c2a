"""A place that we were taken out of: its team's nudges stop, and begin again when we come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.scheduling import schedule_team

if TYPE_CHECKING:
    from bot.ports import Tx
    from bot.registry import Registry


def suspend(tx: Tx, platform: str, place: str) -> None:
    """Nothing is due any more for the team installed there, and what waits is not sent. Its work stays as it is."""
    team = tx.teams.find(platform, place)
    if team is None:
        return
    for one in tx.schedules.all(team.id):
        tx.schedules.put(one._replace(nominal_next=None, next_fire_at=None))
    tx.outbox.drop(team.id)


def resume(tx: Tx, platform: str, place: str, registry: Registry) -> None:
    """From now on the team's nudges come again; what was due meanwhile is not made up for."""
    team = tx.teams.find(platform, place)
    if team is not None and team.ready:
        schedule_team(tx, team, registry, tx.catalogue(team.id).defaults)
