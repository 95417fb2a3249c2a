"""Uninstalled places: the nudges of their teams stop, and start again after a new installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.scheduling import schedule_team

if TYPE_CHECKING:
    from bot.ports import Tx
    from bot.registry import Registry


def suspend(tx: Tx, platform: str, place: str) -> None:
    """Clear the schedules and the outbox of the team installed at a place; its items stay unchanged."""
    team = tx.teams.find(platform, place)
    if team is None:
        return
    for schedule in tx.schedules.all(team.id):
        tx.schedules.put(schedule._replace(nominal_next=None, next_fire_at=None))
    tx.outbox.drop(team.id)


def resume(tx: Tx, platform: str, place: str, registry: Registry) -> None:
    """Schedule the team's nudges again from now on, without those that were due meanwhile."""
    team = tx.teams.find(platform, place)
    if team is not None and team.ready:
        schedule_team(tx, team, registry, tx.catalogue(team.id).defaults)
