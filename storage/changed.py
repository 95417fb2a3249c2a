"""The two statements of an act: items as they are now, and one more revision of the cards that show them."""

from __future__ import annotations

import sqlalchemy as sa

from storage import schema as s
from storage.bulk import Bulk, update
from storage.types import Instant

WRITTEN = (
    "start_at", "deadline_at", "closing", "holder_id", "state", "closed_by", "closed_at", "closed_via", "closed_on",
    "reopened_at", "later_at", "snoozes", "urgent_at", "heeded_at", "mark",
)  # fmt: skip
"""What an item is not born with."""
FENCED = ("state", "holder_id", "start_at", "deadline_at", "later_at", "snoozes", "urgent_at", "heeded_at")
"""What more than one act writes: who has not seen another's change of it must not write over it."""


def _settle(same: str) -> Bulk:
    """Items as they are now, where they still are as they were seen. `same`: equal, or both NULL."""
    numbers = {name for name in WRITTEN if isinstance(s.items.c[name].type, Instant | sa.Integer)}
    kinds = {name: "bigint" if name in numbers else "text" for name in WRITTEN}
    columns = {"team": "text", "id": "text", **{f"was_{name}": kinds[name] for name in FENCED}, **kinds}
    fence = [f"t.{name} {same} v.was_{name}" for name in FENCED]
    change = ", ".join(f"{name} = v.{name}" for name in WRITTEN)
    return update("items", columns, change, " AND ".join(("t.team_id = v.team AND t.id = v.id", *fence)))


SETTLE = Bulk(
    _settle("IS").sqlite, _settle("IS NOT DISTINCT FROM").postgresql, _settle("").kinds, _settle("").marks
)  # fmt: skip


def _show_again(same: str, rows: str) -> str:
    """Count one more revision of the postings that show some items, unless newer ones of their kind took their place
    long ago (before `since`).
    """
    newer = (
        "SELECT 1 FROM messages AS newer WHERE newer.team_id = messages.team_id AND newer.kind = messages.kind"  # noqa: S608
        f" AND newer.channel_id {same} messages.channel_id AND newer.member_id {same} messages.member_id"
        " AND newer.id > messages.id"
    )
    # SQLite: what is updated has no other name in RETURNING.
    return (
        "UPDATE messages SET revision = messages.revision + 1"  # noqa: S608  # ours
        f" FROM (SELECT i.team_id, i.message_id, min(v.since) AS since FROM {rows}"
        " JOIN message_items AS i ON i.team_id = v.team AND i.item_id = v.item GROUP BY i.team_id, i.message_id)"
        " AS shown WHERE messages.team_id = shown.team_id AND messages.id = shown.message_id"
        f" AND (messages.created_at >= shown.since OR NOT EXISTS ({newer}))"
        " RETURNING messages.team_id, messages.id, messages.ref_message"
    )


SHOW_AGAIN = Bulk(
    _show_again("IS", "(SELECT column1 AS team, column2 AS item, column3 AS since FROM (VALUES {rows})) AS v"),
    _show_again("IS NOT DISTINCT FROM", "{rows} AS v(team, item, since)"),
    ("text", "text", "bigint"),
    "(?, ?, ?)",
)
