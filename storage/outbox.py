from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.engine.posting import Delivery
from storage import schema as s
from storage.bulk import Bulk, insert, plan_afresh, update
from storage.repository import Repository, untold
from storage.types import Instant, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.engine.posting import Confirmation, GivenUp

_OF_DELIVERY = ("team_id", "id", "message_id", "operation", "send_after")
"""As :func:`_key` gives its first three."""
_OWE = insert(s.deliveries, _OF_DELIVERY, {"state": "'ready'", "attempt": "0"}, new=True)
_OWE_LEASED = insert(
    s.deliveries,
    (*_OF_DELIVERY, "attempt", "first_attempt_at", "lease_owner", "lease_until"),
    {"state": "'sending'"},
    reckoned=" + (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
)
_PLACE = {
    "shown": "bigint", "channel": "text", "place": "text", "team": "text", "message": "text", "revision": "bigint",
    "id": "text", "owner": "text",
}  # fmt: skip
_SHOWN = (
    "posted_revision = {0}.shown, ref_channel = coalesce({0}.channel, t.ref_channel),"
    " ref_message = coalesce({0}.place, t.ref_message)"
)
_THAT = "t.team_id = {0}.team AND t.id = {0}.message"
_HELD = "{0}.team_id = v.team AND {0}.id = v.id AND {0}.lease_owner = v.owner AND {0}.state = 'sending'"
_NOT_HELD = "state = 'sent', error = NULL, lease_owner = NULL, lease_until = NULL"
_SHOW_HELD = update("messages", _PLACE, _SHOWN.format("v"), _THAT.format("v"))
_SHOW = update(
    "messages",
    _PLACE,
    _SHOWN.format("v"),
    f"{_THAT.format('v')} AND t.revision = v.revision"  # noqa: S608  # ours
    f" AND EXISTS (SELECT 1 FROM deliveries AS d WHERE {_HELD.format('d')})",
)
_SENT = update("deliveries", {"team": "text", "id": "text", "owner": "text"}, _NOT_HELD, _HELD.format("t"))
_CONFIRM = Bulk(
    "",
    f"WITH v({', '.join(_PLACE)}) AS (SELECT * FROM {{rows}}),"  # noqa: S608  # ours
    f" sent AS (UPDATE deliveries AS d SET {_NOT_HELD} FROM v WHERE {_HELD.format('d')} RETURNING v.*)"
    f" UPDATE messages AS t SET {_SHOWN.format('sent')} FROM sent WHERE {_THAT.format('sent')}"
    " RETURNING sent.id, t.revision",
    tuple(_PLACE.values()),
    "",
)


@dataclass(frozen=True, slots=True)
class Outbox(Repository):
    """Rows ↔ deliveries (port: bot.engine.posting.Outbox). `expect` is told when something will be due.

    Leases live on their own clock: the process's on SQLite (one process), the database's on PostgreSQL (many).
    """

    expect: Callable[[datetime], None] = untold

    def owe(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            rows = [(*_key(one), one.operation, milliseconds(one.send_after)) for one in deliveries]
            _OWE.run(self.connection, rows)
            self.expect(min(one.send_after for one in deliveries))

    def owe_leased(self, owner: str, lease: float, deliveries: Sequence[Delivery]) -> None:
        if not deliveries:
            return
        until = int(lease * 1000) + (0 if self._postgresql else time.time_ns() // 1_000_000)
        rows = [
            (
                *_key(one),
                one.operation,
                milliseconds(one.send_after),
                one.attempt,
                _ms(one.first_attempt_at),
                owner,
                until,
            )
            for one in deliveries
        ]
        _OWE_LEASED.run(self.connection, rows)

    def confirm_many(self, owner: str, done: Sequence[Confirmation]) -> Mapping[str, int]:
        if not done:
            return {}
        rows = [_confirmed(one, owner) for one in done]
        if self._postgresql:
            return dict(_CONFIRM.unnested(self.connection, rows).fetchall())
        # The writer is alone: what holds in the first statement still does in the second one.
        if _SHOW.run(self.connection, rows) == len(rows):
            _SENT.run(self.connection, [(one.delivery.team, one.delivery.id, owner) for one in done])
            return {one.delivery.id: one.revision for one in done}
        return self._confirm_held(owner, done)

    def _confirm_held(self, owner: str, done: Sequence[Confirmation]) -> Mapping[str, int]:
        """Some leases were lost, or something changed meanwhile: look at each."""
        where = s.deliveries.c
        keys = [(one.delivery.team, one.delivery.id) for one in done]
        held = set(
            self.connection.execute(
                sa.update(s.deliveries)
                .where(
                    sa.tuple_(where.team_id, where.id).in_(keys), where.lease_owner == owner, where.state == "sending"
                )
                .values(state="sent", error=None, lease_owner=None, lease_until=None)
                .returning(where.id)
            ).scalars()
        )
        kept = [one for one in done if one.delivery.id in held]
        if kept:
            _SHOW_HELD.run(self.connection, [_confirmed(one, owner) for one in kept])
        of = s.messages.c
        messages = [(one.delivery.team, one.delivery.posting) for one in kept]
        rows = self.connection.execute(sa.select(of.id, of.revision).where(sa.tuple_(of.team_id, of.id).in_(messages)))
        revisions = {row.id: row.revision for row in rows}
        return {one.delivery.id: revisions[one.delivery.posting] for one in kept}

    @property
    def _postgresql(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    def claim(self, owner: str, lease: float, now: datetime, limit: int) -> Sequence[Delivery]:
        plan_afresh(self.connection)
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
        rows = self.connection.execute(
            sa.update(s.deliveries)
            .where(sa.tuple_(where.team_id, where.id).in_(chosen))
            .values(
                state="sending",
                lease_owner=owner,
                lease_until=self.lease_clock() + int(lease * 1000),
                attempt=where.attempt + 1,
                first_attempt_at=sa.func.coalesce(where.first_attempt_at, sa.literal(now, Instant)),
            )
            .returning(s.deliveries)
        )
        return sorted((_delivery(row) for row in rows), key=lambda one: (one.send_after, one.id))

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

    def drop(self, team: str) -> int:
        where = s.deliveries.c
        return self.connection.execute(
            sa.update(s.deliveries).where(where.team_id == team, where.state == "ready").values(state="void")
        ).rowcount

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

    def overdue(self, start: datetime, end: datetime) -> Sequence[Delivery]:
        where = s.deliveries.c
        rows = self.connection.execute(
            sa.select(s.deliveries)
            .where(
                where.state == "ready",
                where.operation == "post",
                where.attempt == 0,
                where.send_after.between(start, end),
            )
            .order_by(where.send_after, where.id)
            .with_for_update(skip_locked=True)
        )
        return [_delivery(row) for row in rows]

    def gather(self, kept: Sequence[Delivery], at: datetime, void: Sequence[Delivery]) -> None:
        where = s.deliveries.c
        mine = sa.and_(where.team_id == sa.bindparam("of_team"), where.id == sa.bindparam("of_id"))
        waiting = sa.update(s.deliveries).where(mine, where.state == "ready")
        for some, values in ((kept, {"send_after": at}), (void, {"state": "void"})):
            if some:
                keys = [{"of_team": one.team, "of_id": one.id} for one in some]
                self.connection.execute(waiting.values(values), keys)

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

    def waiting(self, now: datetime) -> int:
        where = s.deliveries.c
        found = sa.select(sa.func.count()).where(where.state == "ready", where.send_after <= now)
        return int(self.connection.execute(found).scalar_one())

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
        left: int | None = self.connection.execute(
            sa.select(sa.func.min(where.lease_until) - self.lease_clock()).where(
                where.state == "sending", where.send_after <= now
            )
        ).scalar()
        return None if left is None else max(0, left) / 1000


def _unsure(team: str) -> tuple[sa.ColumnElement[bool], ...]:
    where = s.deliveries.c
    return where.team_id == team, where.operation == "post", where.state == "unknown"


def _key(delivery: Delivery) -> tuple[str, str, str]:
    return delivery.team, delivery.id, delivery.posting


def _ms(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def _in_turns(waiting: sa.Subquery) -> sa.Select[tuple[str, str]]:
    """Each team's first delivery, then each one's second … so that nobody waits behind ten thousand; and within a team
    each place's first, then its second …, because a platform paces each channel apart.
    """
    of = s.messages.c
    place = sa.func.coalesce(of.channel_id, of.member_id)
    order = [waiting.c.send_after, waiting.c.id]
    turn = sa.func.row_number().over(partition_by=[waiting.c.team_id, place], order_by=order)
    there = (
        sa.select(waiting.c.team_id, waiting.c.id, waiting.c.send_after, turn.label("turn"))
        .join(s.messages, sa.and_(of.team_id == waiting.c.team_id, of.id == waiting.c.message_id))
        .subquery()
    )
    order = [there.c.turn, there.c.send_after, there.c.id]
    turns = sa.func.row_number().over(partition_by=there.c.team_id, order_by=order)
    fair = sa.select(there.c.team_id, there.c.id, there.c.send_after, turns.label("turn")).subquery()
    return sa.select(fair.c.team_id, fair.c.id).order_by(fair.c.turn, fair.c.send_after, fair.c.id)


def _confirmed(one: Confirmation, owner: str) -> tuple[Any, ...]:
    """A row of `_SHOW`, `_SHOW_HELD` and `_CONFIRM`: the values of `_PLACE`."""
    delivery, ref, shown = one.delivery, one.ref, one.revision
    place = (ref.channel, ref.message) if ref else (None, None)
    return (shown, *place, delivery.team, delivery.posting, shown, delivery.id, owner)


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
