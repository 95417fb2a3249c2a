from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.posting import Delivery
from storage import schema as s
from storage.repository import Repository, untold
from storage.types import Instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.posting import Confirmation, GivenUp


@dataclass(frozen=True, slots=True)
class Outbox(Repository):
    """Rows ↔ deliveries (port: bot.domain.posting.Outbox). `expect` is told when something will be due.

    Leases live on their own clock: the process's on SQLite (one process), the database's on PostgreSQL (many).
    """

    expect: Callable[[datetime], None] = untold

    def owe(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            self.connection.execute(self.insert_new(s.deliveries), [_row(one) for one in deliveries])
            self.expect(min(one.send_after for one in deliveries))

    def owe_leased(self, owner: str, lease: float, deliveries: Sequence[Delivery]) -> None:
        if not deliveries:
            return
        until = self._lease_clock() + int(lease * 1000)
        self.connection.execute(
            sa.insert(s.deliveries).values(lease_until=until),
            [
                {
                    **_row(one),
                    "state": "sending",
                    "lease_owner": owner,
                    "attempt": one.attempt,
                    "first_attempt_at": one.first_attempt_at,
                }
                for one in deliveries
            ],
        )

    def confirm_many(self, owner: str, done: Sequence[Confirmation]) -> Mapping[str, int]:
        if not done:
            return {}
        held = self._sent(owner, done)
        kept = [one for one in done if one.delivery.id in held]
        if not kept:
            return {}
        where = s.messages.c
        self.connection.execute(
            sa.update(s.messages)
            .where(where.team_id == sa.bindparam("of_team"), where.id == sa.bindparam("of_id"))
            .values(
                posted_revision=sa.bindparam("shown"),
                ref_channel=sa.func.coalesce(sa.bindparam("channel", type_=sa.Text), where.ref_channel),
                ref_message=sa.func.coalesce(sa.bindparam("message", type_=sa.Text), where.ref_message),
            ),
            [
                {
                    "of_team": one.delivery.team,
                    "of_id": one.delivery.posting,
                    "shown": one.revision,
                    "channel": one.ref.channel if one.ref else None,
                    "message": one.ref.message if one.ref else None,
                }
                for one in kept
            ],
        )
        keys = [(one.delivery.team, one.delivery.posting) for one in kept]
        rows = self.connection.execute(
            sa.select(where.id, where.revision).where(sa.tuple_(where.team_id, where.id).in_(keys))
        )
        revisions = {row.id: row.revision for row in rows}
        return {one.delivery.id: revisions[one.delivery.posting] for one in kept}

    def _sent(self, owner: str, done: Sequence[Confirmation]) -> set[str]:
        """The fenced update of a batch: which of these deliveries this process still held."""
        where = s.deliveries.c
        keys = [(one.delivery.team, one.delivery.id) for one in done]
        return set(
            self.connection.execute(
                sa.update(s.deliveries)
                .where(
                    sa.tuple_(where.team_id, where.id).in_(keys), where.lease_owner == owner, where.state == "sending"
                )
                .values(state="sent", error=None, lease_owner=None, lease_until=None)
                .returning(where.id)
            ).scalars()
        )

    def claim(self, owner: str, lease: float, now: datetime, limit: int) -> Sequence[Delivery]:
        where = s.deliveries.c
        free = sa.or_(
            where.state == "ready", sa.and_(where.state == "sending", where.lease_until < self._lease_clock())
        )
        # In turns: each team's first delivery, then each one's second … so that nobody waits behind ten thousand.
        turn = sa.func.row_number().over(partition_by=where.team_id, order_by=[where.send_after, where.id])
        waiting = (
            sa.select(where.team_id, where.id, where.send_after, turn.label("turn"))
            .where(where.state.in_(["ready", "sending"]), where.send_after <= now, free)
            .subquery()
        )
        first = (
            sa.select(waiting.c.team_id, waiting.c.id)
            .order_by(waiting.c.turn, waiting.c.send_after, waiting.c.id)
            .limit(limit)
        )
        chosen = (
            sa.select(where.team_id, where.id)
            .where(sa.tuple_(where.team_id, where.id).in_(first), where.state.in_(["ready", "sending"]), free)
            .with_for_update(skip_locked=True)
        )
        rows = self.connection.execute(
            sa.update(s.deliveries)
            .where(sa.tuple_(where.team_id, where.id).in_(chosen))
            .values(
                state="sending",
                lease_owner=owner,
                lease_until=self._lease_clock() + int(lease * 1000),
                attempt=where.attempt + 1,
                first_attempt_at=sa.func.coalesce(where.first_attempt_at, sa.literal(now, Instant)),
            )
            .returning(s.deliveries)
        )
        return sorted((_delivery(row) for row in rows), key=lambda one: (one.send_after, one.id))

    def _lease_clock(self) -> sa.ColumnElement[int]:
        """Now, in milliseconds, on the clock that leases are counted on."""
        if self.connection.dialect.name == "postgresql":
            return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()) * 1000, sa.BigInteger)
        return sa.literal(time.time_ns() // 1_000_000, sa.BigInteger)

    def bring_forward(self, team: str, posting: str, at: datetime) -> None:
        self.expect(at)
        where = s.deliveries.c
        self.connection.execute(
            sa.update(s.deliveries)
            .where(
                where.team_id == team,
                where.message_id == posting,
                where.operation == "post",
                where.state == "ready",
                where.send_after > at,
            )
            .values(send_after=at)
        )

    def release(self, owner: str, delivery: Delivery) -> bool:
        untried = {"first_attempt_at": None} if delivery.attempt == 1 else {}
        return self._give_back(owner, delivery, {"attempt": delivery.attempt - 1, **untried})

    def postpone(self, owner: str, delivery: Delivery, until: datetime, error: str) -> bool:
        return self._give_back(owner, delivery, {"send_after": until, "error": error})

    def _give_back(self, owner: str, delivery: Delivery, values: dict[str, Any]) -> bool:
        """Back among those that wait; an edit that a later one has overtaken meanwhile is void instead."""
        overtaken = delivery.operation == "edit" and self._edit_waits(delivery)
        return self._settle(owner, delivery, {**values, "state": "void" if overtaken else "ready"})

    def _edit_waits(self, delivery: Delivery) -> bool:
        """Whether an edit of the same posting waits. Whoever adds one has changed the posting first: it is locked."""
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

    def give_up(self, owner: str, delivery: Delivery, state: GivenUp, error: str) -> bool:
        return self._settle(owner, delivery, {"state": state, "error": error})

    def _settle(self, owner: str, delivery: Delivery, values: dict[str, Any]) -> bool:
        """The fenced update: only the process that holds the lease may say what became of it."""
        where = s.deliveries.c
        changed = self.connection.execute(
            sa.update(s.deliveries)
            .where(
                where.team_id == delivery.team,
                where.id == delivery.id,
                where.lease_owner == owner,
                where.state == "sending",
            )
            .values(lease_owner=None, lease_until=None, **values)
        )
        return changed.rowcount == 1

    def unsure(self, team: str) -> Sequence[Delivery]:
        rows = self.connection.execute(
            sa.select(s.deliveries).where(*_unsure(team)).order_by(s.deliveries.c.send_after, s.deliveries.c.id)
        )
        return [_delivery(row) for row in rows]

    def decide(self, team: str, delivery: str, again: datetime | None) -> bool:
        untried = {"state": "ready", "send_after": again, "attempt": 0, "first_attempt_at": None}
        changed = self.connection.execute(
            sa.update(s.deliveries)
            .where(*_unsure(team), s.deliveries.c.id == delivery)
            .values({"state": "void"} if again is None else untried)
        )
        return changed.rowcount == 1

    def next_at(self) -> datetime | None:
        where = s.deliveries.c
        found: datetime | None = self.connection.execute(
            sa.select(sa.func.min(where.send_after)).where(where.state == "ready")
        ).scalar()
        return found

    def let_go(self, owner: str) -> None:
        where = s.deliveries.c
        self.connection.execute(
            sa.update(s.deliveries).where(where.state == "sending", where.lease_owner == owner).values(lease_until=0)
        )

    def lease_left(self, now: datetime) -> float | None:
        where = s.deliveries.c
        left: int | None = self.connection.execute(
            sa.select(sa.func.min(where.lease_until) - self._lease_clock()).where(
                where.state == "sending", where.send_after <= now
            )
        ).scalar()
        return None if left is None else max(0, left) / 1000


def _unsure(team: str) -> tuple[sa.ColumnElement[bool], ...]:
    where = s.deliveries.c
    return where.team_id == team, where.operation == "post", where.state == "unknown"


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "team_id": delivery.team,
        "id": delivery.id,
        "message_id": delivery.posting,
        "operation": delivery.operation,
        "state": "ready",
        "send_after": delivery.send_after,
        "attempt": 0,
    }


def _delivery(row: Any) -> Delivery:
    return Delivery(
        team=row.team_id,
        id=row.id,
        posting=row.message_id,
        operation=row.operation,
        send_after=row.send_after,
        attempt=row.attempt,
        first_attempt_at=row.first_attempt_at,
    )
