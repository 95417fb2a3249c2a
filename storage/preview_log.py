"""The postings of a team with the occurrences and items that they speak of, for the preview."""

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
class LoggedPosting:
    """A posting in a channel or to a member (our ids), with its kinds.

    `moments` are (nudge, instant) pairs, `items` (item, key of its template) pairs.
    """

    posting: str
    kinds: tuple[str, ...]
    channel: str | None
    member: str | None
    moments: list[tuple[str, datetime]] = field(default_factory=list)
    items: list[tuple[str, str]] = field(default_factory=list)


def read_preview_log(connection: Connection, team: str) -> Sequence[LoggedPosting]:
    """Read all postings of a team in the order of writing."""
    where = s.messages.c
    rows = connection.execute(
        sa.select(where.id, where.kind, where.channel_id, where.member_id)
        .where(where.team_id == team)
        .order_by(where.id)
    )
    postings = {
        row.id: LoggedPosting(row.id, tuple(row.kind.split("+")), row.channel_id, row.member_id) for row in rows
    }
    for row in connection.execute(_select_moments(team)):
        postings[row.message_id].moments.append((row.nudge, row.due_at))
    for shown in connection.execute(_select_items(team)):
        postings[shown.message_id].items.append((shown.item_id, shown.key))
    return list(postings.values())


def _select_moments(team: str) -> sa.Select[tuple[str, str, datetime]]:
    link, occurrence, schedule = s.message_occurrences, s.occurrences, s.schedules
    return (
        sa.select(link.c.message_id, schedule.c.nudge, occurrence.c.due_at)
        .join(occurrence, sa.and_(occurrence.c.team_id == link.c.team_id, occurrence.c.id == link.c.occurrence_id))
        .join(schedule, sa.and_(schedule.c.team_id == occurrence.c.team_id, schedule.c.id == occurrence.c.schedule_id))
        .where(link.c.team_id == team)
        .order_by(occurrence.c.due_at, schedule.c.nudge)
    )


def _select_items(team: str) -> sa.Select[tuple[str, str, str]]:
    link, item, run, template = s.message_items, s.items, s.runs, s.templates
    return (
        sa.select(link.c.message_id, link.c.item_id, template.c.key)
        .join(item, sa.and_(item.c.team_id == link.c.team_id, item.c.id == link.c.item_id))
        .join(run, sa.and_(run.c.team_id == item.c.team_id, run.c.id == item.c.run_id))
        .join(template, sa.and_(template.c.team_id == run.c.team_id, template.c.id == run.c.template_id))
        .where(link.c.team_id == team)
        .order_by(link.c.message_id, link.c.position)
    )
