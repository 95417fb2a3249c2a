"""What a team was told: which message spoke of which occurrence and of which items (the preview reads it)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import schema as s

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Told:
    """A posting, in a channel or to a member (our ids): its kinds, the moments of the nudges in it, and its items with
    the key of the template that each comes from.
    """

    posting: str
    kinds: tuple[str, ...]
    channel: str | None
    member: str | None
    moments: list[tuple[str, datetime]] = field(default_factory=list)
    items: list[tuple[str, str]] = field(default_factory=list)


def told(connection: Connection, team: str) -> Sequence[Told]:
    """Everything that a team was told, in the order of writing."""
    where = s.messages.c
    rows = connection.execute(
        sa.select(where.id, where.kind, where.channel_id, where.member_id)
        .where(where.team_id == team)
        .order_by(where.id)
    )
    found = {row.id: Told(row.id, tuple(row.kind.split("+")), row.channel_id, row.member_id) for row in rows}
    for row in connection.execute(_moments(team)):
        found[row.message_id].moments.append((row.nudge, row.due_at))
    for shown in connection.execute(_items(team)):
        found[shown.message_id].items.append((shown.item_id, shown.key))
    return list(found.values())


def _moments(team: str) -> sa.Select[tuple[str, str, datetime]]:
    link, when, what = s.message_occurrences, s.occurrences, s.schedules
    return (
        sa.select(link.c.message_id, what.c.nudge, when.c.due_at)
        .join(when, sa.and_(when.c.team_id == link.c.team_id, when.c.id == link.c.occurrence_id))
        .join(what, sa.and_(what.c.team_id == when.c.team_id, what.c.id == when.c.schedule_id))
        .where(link.c.team_id == team)
        .order_by(when.c.due_at, what.c.nudge)
    )


def _items(team: str) -> sa.Select[tuple[str, str, str]]:
    link, item, run, template = s.message_items, s.items, s.runs, s.templates
    return (
        sa.select(link.c.message_id, link.c.item_id, template.c.key)
        .join(item, sa.and_(item.c.team_id == link.c.team_id, item.c.id == link.c.item_id))
        .join(run, sa.and_(run.c.team_id == item.c.team_id, run.c.id == item.c.run_id))
        .join(template, sa.and_(template.c.team_id == run.c.team_id, template.c.id == run.c.template_id))
        .where(link.c.team_id == team)
        .order_by(link.c.message_id, link.c.position)
    )
