"""The two statements that follow every act: settle an item, and count one more revision of the cards that show it."""

from __future__ import annotations

import sqlalchemy as sa

from storage import schema as s

WRITTEN = (
    "start_at", "deadline_at", "closing", "holder_id", "state", "closed_by", "closed_at", "closed_via", "closed_on",
    "reopened_at", "later_at", "snoozes", "urgent_at", "heeded_at",
)  # fmt: skip
"""Columns of an item that acts change."""
FENCED = ("state", "holder_id", "start_at", "deadline_at", "later_at", "snoozes", "urgent_at", "heeded_at")
"""Columns that more than one act changes: an act that has not seen another's change must not overwrite it."""


def _bind(prefix: str, column: str) -> sa.BindParameter[object]:
    return sa.bindparam(f"{prefix}_{column}", type_=s.items.c[column].type)


SETTLE = (
    sa.update(s.items)
    .where(s.items.c.team_id == sa.bindparam("of_team"), s.items.c.id == sa.bindparam("of_item"))
    .where(*(s.items.c[name].is_not_distinct_from(_bind("was", name)) for name in FENCED))
    .values({name: _bind("new", name) for name in WRITTEN})
)
"""Parameters: `of_team`, `of_item`, `was_` each of FENCED, `new_` each of WRITTEN."""

_newer = s.messages.alias("newer")
_NEWER_EXISTS = (
    sa.select(sa.literal(1))
    .where(
        _newer.c.team_id == s.messages.c.team_id,
        _newer.c.kind == s.messages.c.kind,
        _newer.c.channel_id.is_not_distinct_from(s.messages.c.channel_id),
        _newer.c.member_id.is_not_distinct_from(s.messages.c.member_id),
        _newer.c.id > s.messages.c.id,
    )
    .correlate(s.messages)
    .exists()
)
_SHOWN = sa.select(s.message_items.c.message_id).where(
    s.message_items.c.team_id == sa.bindparam("of_team"),
    s.message_items.c.item_id.in_(sa.bindparam("of_items", expanding=True)),
)
SHOW_AGAIN = (
    sa.update(s.messages)
    .where(s.messages.c.team_id == sa.bindparam("of_team"), s.messages.c.id.in_(_SHOWN))
    .where(sa.or_(s.messages.c.created_at >= sa.bindparam("since", type_=s.messages.c.created_at.type), ~_NEWER_EXISTS))
    .values(revision=s.messages.c.revision + 1)
    .returning(s.messages.c.id, s.messages.c.ref_message)
)
"""Postings that a newer one of their kind replaced before `since` are left alone."""
