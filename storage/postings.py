from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.engine.posting import Card, Delivery, Destination, Mail, Posting, Ref
from bot.ids import new_ids
from storage import batch
from storage import schema as s
from storage.act_statements import SHOW_AGAIN
from storage.items import Items
from storage.repository import Repository
from storage.schedules import Occurrences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.engine.posting import NewPosting
    from bot.engine.schedule import Occurrence
    from bot.tasks.checklist import Item
    from storage.outbox import Outbox

CURRENT = timedelta(hours=12)
"""Period for which a posting is kept current after a newer one of its kind."""
_POSTS = (s.deliveries.c.operation == "post", s.deliveries.c.state.in_(["ready", "sending", "sent"]))
"""Deliveries that bring a posting to its destination, or brought it there."""
_STANDING = sa.case(
    (sa.and_(s.deliveries.c.state == "ready", s.deliveries.c.attempt > 0), "tried"), else_=s.deliveries.c.state
)
"""As :class:`Mail` names it."""


class Postings(Repository):
    """Rows ↔ postings and what they show (port: bot.engine.posting.Postings). `now` is business time."""

    def __init__(self, connection: Connection, now: datetime, outbox: Outbox) -> None:
        super().__init__(connection)
        self._now = now
        self._outbox = outbox

    def add_many(self, postings: Sequence[NewPosting]) -> None:
        batch.insert(self.connection, s.messages, [_row(new.posting) for new in postings])
        self._show(
            [_shown_item(new.posting, *item) for new in postings for item in enumerate(new.items, 1)],
            [_shown_occurrence(new.posting, occurrence) for new in postings for occurrence in new.occurrences],
        )

    def mail(self, since: Mapping[str, datetime]) -> Sequence[Mail]:
        if not since:
            return []
        first, of_teams = min(since.values()), self.among(s.deliveries.c.team_id, list(since))
        mail = self._select_mail(of_teams, s.deliveries.c.send_after >= first)
        return [letter for letter in mail if letter.send_after >= since[letter.posting.team]]

    def mail_to(self, team: str, destination: Destination, start: datetime, end: datetime) -> Sequence[Mail]:
        where = s.messages.c
        return self._select_mail(
            where.team_id == team,
            where.channel_id.is_not_distinct_from(destination.channel),
            where.member_id.is_not_distinct_from(destination.member),
            s.deliveries.c.send_after.between(start, end),
        )

    def _select_mail(self, *conditions: sa.ColumnElement[bool]) -> list[Mail]:
        posting, delivery = s.messages.c, s.deliveries.c
        rows = self.connection.execute(
            sa.select(*_COLUMNS, delivery.send_after, _STANDING)
            .join(s.deliveries, sa.and_(delivery.team_id == posting.team_id, delivery.message_id == posting.id))
            .where(*_POSTS, *conditions)
            .order_by(delivery.send_after, posting.id)
        )
        return [Mail(_read(row[:-2]), *row[-2:]) for row in rows]

    def cards(self, postings: Sequence[tuple[str, str]]) -> Sequence[Card]:
        if not postings:
            return []
        shown = self._shown_items(postings)
        keys, where = self.key_table(postings), s.messages.c
        rows = self.connection.execute(
            sa.select(*_COLUMNS).join(keys, sa.and_(where.team_id == keys.c.team, where.id == keys.c.id))
        )
        return [Card(posting, tuple(shown.get(posting.id, ()))) for posting in map(_read, rows)]

    def _shown_items(self, postings: Sequence[tuple[str, str]]) -> dict[str, list[tuple[int, Item]]]:
        """Read what some postings show, by posting: (position, item) by position."""
        keys, where = self.key_table(postings), s.message_items.c
        rows = self.connection.execute(
            sa.select(where.team_id, where.message_id, where.position, where.item_id)
            .join(keys, sa.and_(where.team_id == keys.c.team, where.message_id == keys.c.id))
            .order_by(where.message_id, where.position)
        ).all()
        items = Items(self.connection).everywhere([(row.team_id, row.item_id) for row in rows])
        shown: dict[str, list[tuple[int, Item]]] = {}
        for row in rows:
            shown.setdefault(row.message_id, []).append((row.position, items[row.item_id]))
        return shown

    def get(self, team: str, posting: str) -> Posting | None:
        return self._first(s.messages.c.team_id == team, s.messages.c.id == posting)

    def at(self, team: str, ref: Ref) -> Posting | None:
        where = s.messages.c
        return self._first(where.team_id == team, where.ref_channel == ref.channel, where.ref_message == ref.message)

    def newest(self, team: str, kind: str) -> Posting | None:
        return self._first(s.messages.c.team_id == team, s.messages.c.kind == kind)

    def out(self, team: str, limit: int) -> Sequence[Posting]:
        return self._select(limit, s.messages.c.team_id == team, s.messages.c.ref_message.is_not(None))

    def _first(self, *conditions: sa.ColumnElement[bool]) -> Posting | None:
        return next(iter(self._select(1, *conditions)), None)

    def _select(self, limit: int, *conditions: sa.ColumnElement[bool]) -> list[Posting]:
        """Select postings, newest first."""
        query = sa.select(*_COLUMNS).where(*conditions).order_by(s.messages.c.id.desc()).limit(limit)
        return [_read(row) for row in self.connection.execute(query)]

    def occurrences(self, team: str, posting: str) -> Sequence[Occurrence]:
        return Occurrences(self.connection).of_posting(team, posting)

    def ever(self, team: str, kind: str) -> bool:
        where = s.messages.c
        kinds = sa.literal("+") + where.kind + "+"
        query = sa.select(where.id).where(where.team_id == team, kinds.contains(f"+{kind}+", autoescape=True)).limit(1)
        return self.connection.execute(query).first() is not None

    def extend(self, posting: Posting, kind: str, items: Sequence[str], occurrences: Sequence[str]) -> bool:
        where = s.messages.c
        message = self.connection.execute(  # first: it locks the row against whoever extends or confirms it
            sa.update(s.messages)
            .where(where.team_id == posting.team, where.id == posting.id)
            .values(kind=kind, revision=where.revision + 1)
            .returning(where.ref_message)
        ).scalar()
        shown = self.items(posting.team, posting.id)
        fresh = [item for item in items if item not in {item_id for _, item_id in shown}]
        first = max((position for position, _ in shown), default=0) + 1
        self._show(
            [_shown_item(posting, *item) for item in enumerate(fresh, first)],
            [_shown_occurrence(posting, occurrence) for occurrence in occurrences],
        )
        return message is not None

    def _show(self, items: Sequence[dict[str, Any]], occurrences: Sequence[dict[str, Any]]) -> None:
        batch.insert(self.connection, s.message_items, items)
        batch.insert(self.connection, s.message_occurrences, occurrences)

    def items(self, team: str, posting: str) -> Sequence[tuple[int, str]]:
        where = s.message_items.c
        rows = self.connection.execute(
            sa.select(where.position, where.item_id)
            .where(where.team_id == team, where.message_id == posting)
            .order_by(where.position)
        )
        return [(row.position, row.item_id) for row in rows]

    def show_again(self, team: str, items: Sequence[str]) -> None:
        parameters = {"of_team": team, "of_items": list(items), "since": self._now - CURRENT}
        rows = self.connection.execute(SHOW_AGAIN, parameters).all()
        posted = sorted(row.id for row in rows if row.ref_message is not None)
        ids = new_ids(self._now, len(posted))
        self._outbox.owe(
            [Delivery(team, id_, posting, "edit", self._now) for id_, posting in zip(ids, posted, strict=True)]
        )

    def retire(self, team: str, posting: str) -> None:
        message, delivery = s.messages.c, s.deliveries.c
        self.connection.execute(
            sa.update(s.messages)
            .where(message.team_id == team, message.id == posting)
            .values(ref_channel=None, ref_message=None)
        )
        self.connection.execute(
            sa.update(s.deliveries)
            .where(
                delivery.team_id == team, delivery.message_id == posting, delivery.operation == "post",
                delivery.state == "sent",
            )
            .values(state="void")
        )  # fmt: skip

    def touch_one(self, team: str, posting: str) -> None:
        where = s.messages.c
        self.connection.execute(
            sa.update(s.messages).where(where.team_id == team, where.id == posting).values(revision=where.revision + 1)
        )


_COLUMNS = [
    s.messages.c[name]
    for name in (
        "team_id", "id", "channel_id", "member_id", "kind", "subject", "created_at", "ref_channel", "ref_message",
        "revision", "posted_revision",
    )
]  # fmt: skip
"""The columns that :func:`_read` takes."""


def _read(row: Sequence[Any]) -> Posting:
    team, id_, channel, member, kind, subject, created_at, ref_channel, ref_message, revision, posted = row
    ref = None if ref_message is None else Ref(ref_channel, ref_message)
    return Posting(team, id_, Destination(channel, member), kind, subject, created_at, ref, revision, posted)


def _row(posting: Posting) -> dict[str, Any]:
    return {
        "team_id": posting.team,
        "id": posting.id,
        "channel_id": posting.destination.channel,
        "member_id": posting.destination.member,
        "kind": posting.kind,
        "subject": posting.subject,
        "created_at": posting.created_at,
        "revision": posting.revision,
        "posted_revision": posting.posted_revision,
    }


def _shown_item(posting: Posting, position: int, item: str) -> dict[str, Any]:
    return {"team_id": posting.team, "message_id": posting.id, "position": position, "item_id": item}


def _shown_occurrence(posting: Posting, occurrence: str) -> dict[str, Any]:
    return {"team_id": posting.team, "message_id": posting.id, "occurrence_id": occurrence}


class Reactions(Repository):
    """Rows ↔ the set of reactions (port: bot.engine.posting.Reactions)."""

    def add(self, team: str, posting: str, member: str, emoji: str) -> bool:
        row = {"team_id": team, "message_id": posting, "member_id": member, "emoji": emoji}
        return self.insert_if_new(s.reactions, row)

    def remove(self, team: str, posting: str, member: str, emoji: str) -> bool:
        where = s.reactions.c
        deleted = self.connection.execute(
            sa.delete(s.reactions).where(
                where.team_id == team, where.message_id == posting, where.member_id == member, where.emoji == emoji
            )
        )
        return deleted.rowcount == 1

    def of(self, team: str, posting: str, member: str) -> Sequence[str]:
        where = s.reactions.c
        rows = self.connection.execute(
            sa.select(where.emoji)
            .where(where.team_id == team, where.message_id == posting, where.member_id == member)
            .order_by(where.emoji)
        )
        return [row.emoji for row in rows]

    def on(self, team: str, postings: Sequence[str]) -> Mapping[str, Sequence[tuple[str, str]]]:
        where = s.reactions.c
        rows = self.connection.execute(
            sa.select(where.message_id, where.member_id, where.emoji)
            .where(where.team_id == team, where.message_id.in_(postings))
            .order_by(where.member_id, where.emoji)
        )
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            groups.setdefault(row.message_id, []).append((row.member_id, row.emoji))
        return groups
