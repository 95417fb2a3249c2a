from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.posting import Destination, Posting, Ref
from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Postings(Repository):
    """Rows ↔ postings and what they show (port: bot.domain.posting.Postings)."""

    def add(self, posting: Posting, items: Sequence[str], occurrences: Sequence[str]) -> None:
        self.connection.execute(
            sa.insert(s.messages).values(
                team_id=posting.team,
                id=posting.id,
                channel_id=posting.destination.channel,
                member_id=posting.destination.member,
                kind=posting.kind,
                subject=posting.subject,
                created_at=posting.created_at,
                revision=posting.revision,
                posted_revision=posting.posted_revision,
            )
        )
        key = {"team_id": posting.team, "message_id": posting.id}
        if items:
            self.connection.execute(
                sa.insert(s.message_items),
                [{**key, "position": position, "item_id": item} for position, item in enumerate(items, 1)],
            )
        if occurrences:
            self.connection.execute(
                sa.insert(s.message_occurrences), [{**key, "occurrence_id": one} for one in occurrences]
            )

    def get(self, team: str, posting: str) -> Posting | None:
        return self._one(s.messages.c.team_id == team, s.messages.c.id == posting)

    def at(self, team: str, ref: Ref) -> Posting | None:
        where = s.messages.c
        return self._one(where.team_id == team, where.ref_channel == ref.channel, where.ref_message == ref.message)

    def pending(self, team: str, destination: Destination, since: datetime) -> Posting | None:
        where = s.messages.c
        return self._one(
            where.team_id == team,
            where.channel_id.is_not_distinct_from(destination.channel),
            where.member_id.is_not_distinct_from(destination.member),
            where.created_at >= since,
            where.posted_revision == 0,
            sa.not_(where.closed),
        )

    def _one(self, *conditions: sa.ColumnElement[bool]) -> Posting | None:
        row = self.connection.execute(
            sa.select(s.messages).where(*conditions).order_by(s.messages.c.id.desc()).limit(1)
        ).first()
        return _posting(row) if row else None

    def items(self, team: str, posting: str) -> Sequence[tuple[int, str]]:
        where = s.message_items.c
        rows = self.connection.execute(
            sa.select(where.position, where.item_id)
            .where(where.team_id == team, where.message_id == posting)
            .order_by(where.position)
        )
        return [(row.position, row.item_id) for row in rows]

    def close_older(self, posting: Posting) -> None:
        where = s.messages.c
        self.connection.execute(
            sa.update(s.messages)
            .where(
                where.team_id == posting.team,
                where.kind == posting.kind,
                where.channel_id.is_not_distinct_from(posting.destination.channel),
                where.member_id.is_not_distinct_from(posting.destination.member),
                where.id != posting.id,
                sa.not_(where.closed),
            )
            .values(closed=True)
        )

    def touch(self, team: str, items: Sequence[str]) -> Sequence[Posting]:
        if not items:
            return []
        where, shown = s.messages.c, s.message_items.c
        showing = sa.select(shown.message_id).where(shown.team_id == team, shown.item_id.in_(items))
        rows = self.connection.execute(
            sa.update(s.messages)
            .where(where.team_id == team, where.id.in_(showing), sa.not_(where.closed))
            .values(revision=where.revision + 1)
            .returning(s.messages)
        )
        return [_posting(row) for row in rows]


def _posting(row: Any) -> Posting:
    return Posting(
        team=row.team_id,
        id=row.id,
        destination=Destination(row.channel_id, row.member_id),
        kind=row.kind,
        subject=row.subject,
        created_at=row.created_at,
        ref=Ref(row.ref_channel, row.ref_message) if row.ref_message is not None else None,
        revision=row.revision,
        posted_revision=row.posted_revision,
    )


class Reactions(Repository):
    """Rows ↔ the set of reactions (port: bot.domain.posting.Reactions)."""

    def add(self, team: str, posting: str, member: str, emoji: str) -> bool:
        row = {"team_id": team, "message_id": posting, "member_id": member, "emoji": emoji}
        return self.insert_if_new(s.reactions, row)

    def remove(self, team: str, posting: str, member: str, emoji: str) -> bool:
        where = s.reactions.c
        gone = self.connection.execute(
            sa.delete(s.reactions).where(
                where.team_id == team, where.message_id == posting, where.member_id == member, where.emoji == emoji
            )
        )
        return gone.rowcount == 1
