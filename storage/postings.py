from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.engine.posting import Card, Delivery, Destination, Mail, Posting, Ref
from bot.ids import new_ids
from storage import schema as s
from storage.bulk import Values, insert, listed, select, tuples
from storage.items import Items
from storage.prepared import Prepared, given
from storage.repository import Repository
from storage.schedules import occurrence_of
from storage.types import instant, milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.engine.posting import NewPosting
    from bot.engine.schedule import Occurrence
    from bot.tasks.checklist import Item
    from storage.later import Later
    from storage.outbox import Outbox

_ADDED = (
    "team_id", "id", "channel_id", "member_id", "kind", "subject", "created_at", "revision", "posted_revision",
)  # fmt: skip
_COLUMNS = ", ".join(f"m.{name}" for name in (*_ADDED, "ref_channel", "ref_message"))
_ADD = insert(s.messages, _ADDED, {})
_KEY = {"team": "text", "id": "text"}
_CARDS = select(_KEY, f"{_COLUMNS} FROM v JOIN messages AS m ON m.team_id = v.team AND m.id = v.id")
_PLACES = select(
    _KEY,
    "i.team_id, i.message_id, i.position, i.item_id"
    " FROM v JOIN message_items AS i ON i.team_id = v.team AND i.message_id = v.id",
)
_SHOW_ITEMS = insert(s.message_items, ("team_id", "message_id", "position", "item_id"), {})
_SHOW_OCCURRENCES = insert(s.message_occurrences, ("team_id", "message_id", "occurrence_id"), {})
_MAIL = (
    f"SELECT {_COLUMNS}, d.send_after, d.state FROM deliveries AS d"  # noqa: S608  # ours
    " JOIN messages AS m ON m.team_id = d.team_id AND m.id = d.message_id"
    " WHERE d.team_id {teams} AND d.operation = 'post' AND d.state IN ('ready', 'sending', 'sent')"
    " AND d.send_after >= ? ORDER BY d.send_after, m.id"
)

CURRENT = timedelta(hours=12)
"""How long a posting is kept current after a newer one of its kind."""


_AT = Prepared(
    sa.select(s.messages).where(
        s.messages.c.team_id == given("of_team"),
        s.messages.c.ref_channel == given("channel"),
        s.messages.c.ref_message == given("message"),
    )
)


@dataclass(frozen=True, slots=True)
class Postings(Repository):
    """Rows ↔ postings and what they show (port: bot.engine.posting.Postings). `now` is business time."""

    now: datetime
    later: Later
    outbox: Outbox

    @property
    def _written(self) -> Connection:
        """For what reads, or writes, more than one posting's place: once everything that waits is there to be seen."""
        self.later.write()
        return self.connection

    def add_many(self, postings: Sequence[NewPosting]) -> None:
        if not postings:
            return
        _ADD.run(self._written, [_row(one.posting) for one in postings])
        self._show(
            [
                (one.posting.team, one.posting.id, position, item)
                for one in postings
                for position, item in enumerate(one.items, 1)
            ],
            [(one.posting.team, one.posting.id, occurrence) for one in postings for occurrence in one.occurrences],
        )

    def _show(self, items: Sequence[Values], occurrences: Sequence[Values]) -> None:
        """Rows of `_SHOW_ITEMS` and of `_SHOW_OCCURRENCES`."""
        if items:
            _SHOW_ITEMS.run(self._written, items)
        if occurrences:
            _SHOW_OCCURRENCES.run(self._written, occurrences)

    def mail(self, since: Mapping[str, datetime]) -> Sequence[Mail]:
        if not since:
            return []
        condition, teams = listed(self._written, list(since))
        rows = tuples(self._written, _MAIL.format(teams=condition), (teams, milliseconds(min(since.values()))))
        found = [Mail(_read(row), instant(row[-2]), row[-1]) for row in rows]
        return [one for one in found if one.send_after >= since[one.posting.team]]

    def cards(self, postings: Sequence[tuple[str, str]]) -> Sequence[Card]:
        if not postings:
            return []
        places = sorted(_PLACES.read(self._written, postings))
        items = Items(self._written, self.later).everywhere([(team, item) for team, _, _, item in places])
        shown: dict[str, list[tuple[int, Item]]] = {}
        for _, posting, position, item in places:
            shown.setdefault(posting, []).append((position, items[item]))
        found = [_read(row) for row in _CARDS.read(self._written, postings)]
        return [Card(one, tuple(shown.get(one.id, ()))) for one in found]

    def get(self, team: str, posting: str) -> Posting | None:
        return self._one(s.messages.c.team_id == team, s.messages.c.id == posting)

    def at(self, team: str, ref: Ref) -> Posting | None:
        row = _AT.first(self.connection, of_team=team, channel=ref.channel, message=ref.message)
        return _posting(row) if row else None

    def mail_to(self, team: str, destination: Destination, start: datetime, end: datetime) -> Sequence[Mail]:
        where, owed = s.messages.c, s.deliveries.c
        rows = self._written.execute(
            sa.select(s.messages, owed.send_after, owed.state)
            .join(s.deliveries, sa.and_(owed.team_id == where.team_id, owed.message_id == where.id))
            .where(
                *_for(team, destination),
                owed.operation == "post",
                owed.state.in_(["ready", "sending", "sent"]),
                owed.send_after.between(start, end),
            )
            .order_by(owed.send_after, where.id)
        )
        return [Mail(_posting(row), row.send_after, row.state) for row in rows]

    def occurrences(self, team: str, posting: str) -> Sequence[Occurrence]:
        of, one, by = s.message_occurrences.c, s.occurrences.c, s.schedules.c
        rows = self._written.execute(
            sa.select(s.occurrences, by.nudge)
            .join(s.message_occurrences, sa.and_(of.team_id == one.team_id, of.occurrence_id == one.id))
            .join(s.schedules, sa.and_(by.team_id == one.team_id, by.id == one.schedule_id))
            .where(of.team_id == team, of.message_id == posting)
            .order_by(one.due_at, one.id)
        )
        return [occurrence_of(row) for row in rows]

    def out(self, team: str, limit: int) -> Sequence[Posting]:
        where = s.messages.c
        rows = self._written.execute(
            sa.select(s.messages)
            .where(where.team_id == team, where.ref_message.is_not(None))
            .order_by(where.id.desc())
            .limit(limit)
        )
        return [_posting(row) for row in rows]

    def newest(self, team: str, kind: str) -> Posting | None:
        return self._one(s.messages.c.team_id == team, s.messages.c.kind == kind)

    def ever(self, team: str, kind: str) -> bool:
        where = s.messages.c
        named = sa.literal("+") + where.kind + "+"
        found = sa.select(where.id).where(where.team_id == team, named.contains(f"+{kind}+", autoescape=True)).limit(1)
        return self._written.execute(found).first() is not None

    def extend(self, posting: Posting, kind: str, items: Sequence[str], occurrences: Sequence[str]) -> bool:
        where = s.messages.c
        out = self._written.execute(  # first: who else wants to extend or confirm it waits for us
            sa.update(s.messages)
            .where(where.team_id == posting.team, where.id == posting.id)
            .values(kind=kind, revision=where.revision + 1)
            .returning(where.ref_message)
        ).scalar()
        shown = self.items(posting.team, posting.id)
        fresh = [item for item in items if item not in {known for _, known in shown}]
        first = max((position for position, _ in shown), default=0) + 1
        key = (posting.team, posting.id)
        self._show(
            [(*key, position, item) for position, item in enumerate(fresh, first)],
            [(*key, occurrence) for occurrence in occurrences],
        )
        return out is not None

    def _one(self, *conditions: sa.ColumnElement[bool]) -> Posting | None:
        row = self._written.execute(
            sa.select(s.messages).where(*conditions).order_by(s.messages.c.id.desc()).limit(1)
        ).first()
        return _posting(row) if row else None

    def items(self, team: str, posting: str) -> Sequence[tuple[int, str]]:
        where = s.message_items.c
        rows = self._written.execute(
            sa.select(where.position, where.item_id)
            .where(where.team_id == team, where.message_id == posting)
            .order_by(where.position)
        )
        return [(row.position, row.item_id) for row in rows]

    def show_again(self, team: str, items: Sequence[str]) -> None:
        self.later.show_again(((team, item) for item in items), milliseconds(self.now - CURRENT), self._edit)

    def _edit(self, postings: Sequence[tuple[str, str]]) -> None:
        """Owe them an edit each, due now."""
        ids = new_ids(self.now, len(postings))
        self.outbox.owe(
            [Delivery(team, id_, one, "edit", self.now) for id_, (team, one) in zip(ids, postings, strict=True)]
        )

    def touch_one(self, team: str, posting: str) -> None:
        where = s.messages.c
        self._written.execute(
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


def _row(posting: Posting) -> Values:
    """A row of `_ADD`."""
    to = posting.destination
    return (
        posting.team,
        posting.id,
        to.channel,
        to.member,
        posting.kind,
        posting.subject,
        milliseconds(posting.created_at),
        posting.revision,
        posting.posted_revision,
    )


def _read(row: Values) -> Posting:
    """A posting from a row as the driver gives it, which begins with `_COLUMNS`."""
    team, id_, channel, member, kind, subject, created, revision, posted, place, message = row[:11]
    ref = None if message is None else Ref(place, message)
    return Posting(team, id_, Destination(channel, member), kind, subject, instant(created), ref, revision, posted)


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
    """Rows ↔ the set of reactions (port: bot.engine.posting.Reactions)."""

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
        found: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            found.setdefault(row.message_id, []).append((row.member_id, row.emoji))
        return found
