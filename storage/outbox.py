from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.engine.posting import Delivery
from storage import batch
from storage import schema as s
from storage.repository import Mapped, ignore_due
from storage.types import Instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.engine.posting import Confirmation, GivenUp

_LET_GO = {"state": "sent", "error": None, "lease_owner": None, "lease_until": None}
_CONFIRMED = {
    **batch.KEYS,
    "delivery": sa.Text(),
    "revision": sa.Integer(),
    "channel": sa.Text(),
    "message": sa.Text(),
}
"""Columns of a table of confirmations; its keys are those of postings."""


class Outbox(Mapped[Delivery]):
    """Rows ↔ deliveries (port: bot.engine.posting.Outbox). `expect` is called with what will be due.

    Leases live on their own clock: the process's on SQLite (one process), the database's on PostgreSQL (many).
    """

    table = s.deliveries
    noun = Delivery
    mapped = MappingProxyType({"posting": s.deliveries.c.message_id})
    order = ("send_after", "id")

    def __init__(self, connection: Connection, expect: Callable[[datetime], None] = ignore_due) -> None:
        super().__init__(connection)
        self.expect = expect

    def owe(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            self.insert_new(s.deliveries, [{**self._row(delivery), "state": "ready"} for delivery in deliveries])
            self.expect(min(delivery.send_after for delivery in deliveries))

    def owe_leased(self, owner: str, lease: float, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            until = self.connection.execute(sa.select(self.lease_clock())).scalar_one() + int(lease * 1000)
            leased = {"state": "sending", "lease_owner": owner, "lease_until": until}
            batch.insert(self.connection, s.deliveries, [{**self._row(delivery), **leased} for delivery in deliveries])

    def confirm_many(self, owner: str, done: Sequence[Confirmation]) -> Mapping[str, int]:
        if not done:
            return {}
        held = self._let_go_of_sent(owner, done)
        rows = [
            (delivery.team, delivery.posting, delivery.id, revision, *((ref.channel, ref.message) if ref else _NOWHERE))
            for delivery, ref, revision in done
            if delivery.id in held
        ]
        if not rows:
            return {}
        shown, message = batch.table(self.connection, _CONFIRMED, rows), s.messages.c
        confirmed = self.connection.execute(
            sa.update(s.messages)
            .where(message.team_id == shown.c.team, message.id == shown.c.id)
            .values(
                posted_revision=shown.c.revision,
                ref_channel=sa.func.coalesce(shown.c.channel, message.ref_channel),
                ref_message=sa.func.coalesce(shown.c.message, message.ref_message),
            )
            .returning(message.id, message.revision)
        )
        revisions = {row.id: row.revision for row in confirmed}
        return {delivery: revisions[posting] for _, posting, delivery, *_ in rows}

    def _let_go_of_sent(self, owner: str, done: Sequence[Confirmation]) -> set[str]:
        """Mark as sent those whose lease is still held; return their ids."""
        keys, where = (
            self.key_table([(confirmation.delivery.team, confirmation.delivery.id) for confirmation in done]),
            s.deliveries.c,
        )
        held = sa.and_(where.team_id == keys.c.team, where.id == keys.c.id, where.state == "sending")
        statement = sa.update(s.deliveries).where(held, where.lease_owner == owner).values(_LET_GO).returning(where.id)
        return set(self.connection.execute(statement).scalars())

    def claim(self, owner: str, lease: float, now: datetime, limit: int) -> Sequence[Delivery]:
        batch.plan_afresh(self.connection)
        where = s.deliveries.c
        free = sa.or_(where.state == "ready", sa.and_(where.state == "sending", where.lease_until < self.lease_clock()))
        waiting = (
            sa.select(where.team_id, where.id, where.message_id, where.send_after)
            .where(where.state.in_(["ready", "sending"]), where.send_after <= now, free)
            .subquery()
        )
        first = _in_turns(waiting).limit(limit)
        chosen = (
            sa.select(where.team_id, where.id)
            .where(sa.tuple_(where.team_id, where.id).in_(first), where.state.in_(["ready", "sending"]), free)
            .with_for_update(skip_locked=True)
        )
        claimed = self._read(
            sa.update(s.deliveries)
            .where(sa.tuple_(where.team_id, where.id).in_(chosen))
            .values(
                state="sending",
                lease_owner=owner,
                lease_until=self.lease_clock() + int(lease * 1000),
                attempt=where.attempt + 1,
                first_attempt_at=sa.func.coalesce(where.first_attempt_at, sa.literal(now, Instant)),
            )
            .returning(*self.columns.values())
        )
        return sorted(claimed, key=lambda delivery: (delivery.send_after, delivery.id))

    def hold(self, team: str, posting: str, at: datetime) -> bool:
        self.expect(at)
        where, instant = s.deliveries.c, sa.literal(at, Instant)
        updated = self.connection.execute(
            sa.update(s.deliveries)
            .where(
                where.team_id == team,
                where.message_id == posting,
                where.operation == "post",
                where.state == "ready",
                where.attempt == 0,
            )
            .values(send_after=sa.case((where.send_after > instant, instant), else_=where.send_after))
        )
        return updated.rowcount == 1

    def release(self, owner: str, delivery: Delivery) -> bool:
        untried = {"first_attempt_at": None} if delivery.attempt == 1 else {}
        return self._give_back(owner, delivery, {"attempt": delivery.attempt - 1, **untried})

    def postpone(self, owner: str, delivery: Delivery, until: datetime, error: str) -> bool:
        return self._give_back(owner, delivery, {"send_after": until, "error": error})

    def _give_back(self, owner: str, delivery: Delivery, values: dict[str, Any]) -> bool:
        """Let it wait again; an edit that a later one has overtaken meanwhile becomes void instead."""
        overtaken = delivery.operation == "edit" and self._edit_waits(delivery)
        return self._settle(owner, delivery, {**values, "state": "void" if overtaken else "ready"})

    def _edit_waits(self, delivery: Delivery) -> bool:
        """Return True if an edit of the same posting waits. Locks the posting, which whoever edits updates first."""
        of, where = s.messages.c, s.deliveries.c
        self.connection.execute(
            sa.select(of.id).where(of.team_id == delivery.team, of.id == delivery.posting).with_for_update()
        )
        waiting = sa.select(where.id).where(
            where.team_id == delivery.team,
            where.message_id == delivery.posting,
            where.operation == "edit",
            where.state == "ready",
        )
        return self.connection.execute(waiting.limit(1)).first() is not None

    def drop(self, team: str) -> int:
        where = s.deliveries.c
        return self.connection.execute(
            sa.update(s.deliveries).where(where.team_id == team, where.state == "ready").values(state="void")
        ).rowcount

    def give_up(self, owner: str, delivery: Delivery, state: GivenUp, error: str) -> bool:
        return self._settle(owner, delivery, {"state": state, "error": error})

    def _settle(self, owner: str, delivery: Delivery, values: dict[str, Any]) -> bool:
        """Update a delivery if `owner` still holds its lease; return False if not."""
        where = s.deliveries.c
        updated = self.connection.execute(
            sa.update(s.deliveries)
            .where(
                where.team_id == delivery.team,
                where.id == delivery.id,
                where.lease_owner == owner,
                where.state == "sending",
            )
            .values(lease_owner=None, lease_until=None, **values)
        )
        return updated.rowcount == 1

    def overdue(self, start: datetime, end: datetime) -> Sequence[Delivery]:
        where = s.deliveries.c
        late = (
            where.state == "ready", where.operation == "post", where.attempt == 0, where.send_after.between(start, end),
        )  # fmt: skip
        query = self._query().where(*late).order_by(where.send_after, where.id)
        return self._read(query.with_for_update(skip_locked=True))

    def ahead(self, team: str, now: datetime) -> Sequence[Delivery]:
        where = s.deliveries.c
        waiting = (where.state == "ready", where.operation == "post", where.attempt == 0, where.send_after > now)
        return self._read(self._query().where(where.team_id == team, *waiting).order_by(where.send_after, where.id))

    def gather(self, kept: Sequence[Delivery], at: datetime, void: Sequence[Delivery]) -> None:
        where = s.deliveries.c
        same = sa.and_(where.team_id == sa.bindparam("of_team"), where.id == sa.bindparam("of_id"))
        waiting = sa.update(s.deliveries).where(same, where.state == "ready")
        for deliveries, values in ((kept, {"send_after": at}), (void, {"state": "void"})):
            if deliveries:
                keys = [{"of_team": delivery.team, "of_id": delivery.id} for delivery in deliveries]
                self.connection.execute(waiting.values(values), keys)

    def unsure(self, team: str) -> Sequence[Delivery]:
        return self._select(*_unsure(team))

    def decide(self, team: str, delivery: str, again: datetime | None) -> bool:
        untried = {"state": "ready", "send_after": again, "attempt": 0, "first_attempt_at": None}
        updated = self.connection.execute(
            sa.update(s.deliveries)
            .where(*_unsure(team), s.deliveries.c.id == delivery)
            .values({"state": "void"} if again is None else untried)
        )
        return updated.rowcount == 1

    def waiting(self, now: datetime) -> int:
        where = s.deliveries.c
        query = sa.select(sa.func.count()).where(where.state == "ready", where.send_after <= now)
        return self.connection.execute(query).scalar_one()

    def next_at(self) -> datetime | None:
        where = s.deliveries.c
        return self.connection.execute(sa.select(sa.func.min(where.send_after)).where(where.state == "ready")).scalar()

    def let_go(self, owner: str) -> None:
        where = s.deliveries.c
        self.connection.execute(
            sa.update(s.deliveries).where(where.state == "sending", where.lease_owner == owner).values(lease_until=0)
        )

    def cap_leases(self, seconds: float) -> None:
        where = s.deliveries.c
        if self.connection.dialect.name == "sqlite":
            latest = time.time_ns() // 1_000_000 + int(seconds * 1000)
            self.connection.execute(
                sa.update(s.deliveries)
                .where(where.state == "sending", where.lease_until > latest)
                .values(lease_until=latest)
            )

    def lease_left(self, now: datetime) -> float | None:
        where = s.deliveries.c
        milliseconds: int | None = self.connection.execute(
            sa.select(sa.func.min(where.lease_until) - self.lease_clock()).where(
                where.state == "sending", where.send_after <= now
            )
        ).scalar()
        return None if milliseconds is None else max(0, milliseconds) / 1000


_NOWHERE = (None, None)


def _unsure(team: str) -> tuple[sa.ColumnElement[bool], ...]:
    where = s.deliveries.c
    return where.team_id == team, where.operation == "post", where.state == "unknown"


def _in_turns(waiting: sa.Subquery) -> sa.Select[tuple[str, str]]:
    """Order waiting deliveries: each team's first, then each team's second …: no team waits behind ten thousand.

    Within a team the same for places, because a platform paces each channel apart.
    """
    of = s.messages.c
    place = sa.func.coalesce(of.channel_id, of.member_id)
    order = [waiting.c.send_after, waiting.c.id]
    turn = sa.func.row_number().over(partition_by=[waiting.c.team_id, place], order_by=order)
    in_team = (
        sa.select(waiting.c.team_id, waiting.c.id, waiting.c.send_after, turn.label("turn"))
        .join(s.messages, sa.and_(of.team_id == waiting.c.team_id, of.id == waiting.c.message_id))
        .subquery()
    )
    order = [in_team.c.turn, in_team.c.send_after, in_team.c.id]
    turns = sa.func.row_number().over(partition_by=in_team.c.team_id, order_by=order)
    fair = sa.select(in_team.c.team_id, in_team.c.id, in_team.c.send_after, turns.label("turn")).subquery()
    return sa.select(fair.c.team_id, fair.c.id).order_by(fair.c.turn, fair.c.send_after, fair.c.id)
