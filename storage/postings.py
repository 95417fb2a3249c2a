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
        self._show(posting, items, 1, occurrences)

    def _show(self, posting: Posting, items: Sequence[str], first: int, occurrences: Sequence[str]) -> None:
        key = {"team_id": posting.team, "message_id": posting.id}
        if items:
            self.connection.execute(
                sa.insert(s.message_items),
                [{**key, "position": position, "item_id": item} for position, item in enumerate(items, first)],
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

    def waiting(self, team: str, destination: Destination, start: datetime, end: datetime) -> Posting | None:
        where, owed = s.messages.c, s.deliveries.c
        post = sa.select(owed.message_id).where(
            owed.team_id == team, owed.operation == "post", owed.state == "ready", owed.send_after.between(start, end)
        )
        return self._one(*_for(team, destination), where.posted_revision == 0, where.id.in_(post))

    def newest(self, team: str, destination: Destination, since: datetime) -> Posting | None:
        where = s.messages.c
        return self._one(*_for(team, destination), where.created_at >= since, where.ref_message.is_not(None))

    def count(self, team: str, destination: Destination, start: datetime, end: datetime) -> int:
        where, owed = s.messages.c, s.deliveries.c
        found: int = self.connection.execute(
            sa.select(sa.func.count())
            .select_from(s.messages)
            .join(s.deliveries, sa.and_(owed.team_id == where.team_id, owed.message_id == where.id))
            .where(
                *_for(team, destination),
                owed.operation == "post",
                owed.state.in_(["ready", "sending", "sent"]),
                owed.send_after >= start,
                owed.send_after < end,
            )
        ).scalar_one()
        return found

    def ever(self, team: str, kind: str) -> bool:
        where = s.messages.c
        named = sa.literal("+") + where.kind + "+"
        found = sa.select(where.id).where(where.team_id == team, named.contains(f"+{kind}+", autoescape=True)).limit(1)
        return self.connection.execute(found).first() is not None

    def extend(self, posting: Posting, kind: str, items: Sequence[str], occurrences: Sequence[str]) -> None:
        shown = self.items(posting.team, posting.id)
        fresh = [item for item in items if item not in {known for _, known in shown}]
        first = max((position for position, _ in shown), default=0) + 1
        where = s.messages.c
        self.connection.execute(
            sa.update(s.messages).where(where.team_id == posting.team, where.id == posting.id).values(kind=kind)
        )
        self._show(posting, fresh, first, occurrences)

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
                *_for(posting.team, posting.destination),
                where.kind == posting.kind,
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

    def touch_one(self, team: str, posting: str) -> None:
        where = s.messages.c
        self.connection.execute(
            sa.update(s.messages).where(where.team_id == team, where.id == posting).values(revision=where.revision + 1)
        )


def _for(team: str, destination: Destination) -> tuple[sa.ColumnElement[bool], ...]:
    """The postings of a team for one destination."""
    where = s.messages.c
    return (
        where.team_id == team,
        where.channel_id.is_not_distinct_from(destination.channel),
        where.member_id.is_not_distinct_from(destination.member),
    )


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
