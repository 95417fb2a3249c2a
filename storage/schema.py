"""The tables. Every row of a team carries its id in a composite key: a foreign key cannot cross from team to team.

Instants are milliseconds UTC (integers, the same on both databases); local date-times are ISO text without offset.
A record's entries are counted by `number` within their team: ids made by two processes in one millisecond do not sort.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, String, Table, Text

from bot.tasks.checklist import State
from bot.tasks.task import Closing
from bot.teams.member import Permission
from storage.types import Day, Hour, Instant, JsonText, Local, TaskText, Weekdays, Word

Id = String(22).with_variant(String(22, collation="C"), "postgresql")  # byte order: ids sort by their time

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns)


def _team() -> Column[str]:
    return Column("team_id", Id, primary_key=True)


def _id() -> Column[str]:
    return Column("id", Id, primary_key=True)


def _key(*columns: str, to: str, at: tuple[str, ...] = ("id",), ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key that carries the team along."""
    return ForeignKeyConstraint(
        ["team_id", *columns], [f"{to}.team_id", *(f"{to}.{column}" for column in at)], ondelete=ondelete
    )


def _of_team() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE")


teams = _table(
    "teams",
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("zone", Text, nullable=False),
    Column("country", String(2), nullable=False),
    Column("subdivision", Text),
    Column("working_days", Weekdays, nullable=False),
    Column("opens", Hour, nullable=False),
    Column("closes", Hour, nullable=False),
    Column("whit_monday", sa.Boolean, nullable=False),
    Column("formal", sa.Boolean, nullable=False),
    Column("home", Id),
    Column("ready", sa.Boolean, nullable=False),
)

closures = _table("closures", _team(), Column("day", Day, primary_key=True), _of_team())

installations = _table(
    "installations",
    _team(),
    Column("platform", Text, primary_key=True),
    Column("external_id", Text, nullable=False),
    _of_team(),
    sa.UniqueConstraint("platform", "external_id"),
)

channels = _table(
    "channels",
    _team(),
    _id(),
    Column("external_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    _of_team(),
    sa.UniqueConstraint("team_id", "external_id"),
)

members = _table(
    "members",
    _team(),
    _id(),
    Column("name", Text, nullable=False),
    Column("permission", Word(Permission, 12), nullable=False),
    Column("language", String(2)),
    Column("zone", Text),
    Column("active", sa.Boolean, nullable=False),
    _of_team(),
)

identities = _table(
    "identities",
    _team(),
    Column("member_id", Id, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("external_id", Text, nullable=False),
    _key("member_id", to="members", ondelete="CASCADE"),
    sa.UniqueConstraint("team_id", "platform", "external_id"),
)

brands = _table("brands", _team(), _id(), Column("name", Text, nullable=False), _of_team())

accounts = _table(
    "accounts",
    _team(),
    _id(),
    Column("brand_id", Id, nullable=False),
    Column("network", Text, nullable=False),
    _key("brand_id", to="brands", ondelete="CASCADE"),
)

holdings = _table(
    "holdings",
    _team(),
    _id(),
    Column("role", Text, nullable=False),
    Column("member_id", Id, nullable=False),
    Column("kind", String(6), nullable=False),
    Column("account_id", Id),
    _key("member_id", to="members", ondelete="CASCADE"),
    _key("account_id", to="accounts", ondelete="CASCADE"),
)

templates = _table(
    "templates",
    _team(),
    _id(),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(8), nullable=False),
    _of_team(),
    sa.UniqueConstraint("team_id", "key"),
)

template_versions = _table(
    "template_versions",
    _team(),
    Column("template_id", Id, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("cadence", Text, nullable=False),
    Column("rhythm", Text),
    Column("deadline", Text),
    Column("closing", Word(Closing, 5), nullable=False),
    _key("template_id", to="templates", ondelete="CASCADE"),
)

tasks = _table(
    "tasks",
    _team(),
    Column("template_id", Id, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("definition", TaskText, nullable=False),
    _key("template_id", "version", to="template_versions", at=("template_id", "version"), ondelete="CASCADE"),
)

runs = _table(
    "runs",
    _team(),
    _id(),
    Column("template_id", Id, nullable=False),
    Column("version", Integer, nullable=False),
    Column("nominal", Local, nullable=False),
    Column("opened_at", Instant, nullable=False),
    _key("template_id", "version", to="template_versions", at=("template_id", "version")),
    sa.UniqueConstraint("team_id", "template_id", "nominal"),
)

items = _table(
    "items",
    _team(),
    _id(),
    Column("run_id", Id, nullable=False),
    Column("position", Integer, nullable=False),
    Column("start_at", Instant, nullable=False),
    Column("deadline_at", Instant),
    Column("closing", Word(Closing, 5), nullable=False),
    Column("holder_id", Id),
    Column("state", Word(State, 8), nullable=False),
    Column("closed_by", Id),
    Column("closed_at", Instant),
    Column("closed_via", String(8)),
    Column("closed_on", Id),
    Column("reopened_at", Instant),
    Column("later_at", Instant),
    Column("snoozes", Integer, nullable=False),
    Column("urgent_at", Instant),
    Column("heeded_at", Instant),
    _key("run_id", to="runs", ondelete="CASCADE"),
    _key("holder_id", to="members"),
    sa.UniqueConstraint("team_id", "run_id", "position"),
)
Index("ix_items_open", items.c.team_id, items.c.start_at, sqlite_where=items.c.state == "open",
      postgresql_where=items.c.state == "open")  # fmt: skip
Index("ix_items_closed", items.c.team_id, items.c.closed_at)

schedules = _table(
    "schedules",
    _team(),
    _id(),
    Column("nudge", Text, nullable=False),
    Column("rhythm", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("catch_up", String(6), nullable=False),
    Column("nominal_next", Local),
    Column("next_fire_at", Instant),
    Column("version", Integer, nullable=False),
    _of_team(),
    sa.UniqueConstraint("team_id", "nudge"),
)
_DUE = schedules.c.next_fire_at.is_not(None)
Index("ix_schedules_due", schedules.c.next_fire_at, schedules.c.team_id, sqlite_where=_DUE, postgresql_where=_DUE)

occurrences = _table(
    "occurrences",
    _team(),
    _id(),
    Column("schedule_id", Id, nullable=False),
    Column("nominal", Local, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    _key("schedule_id", to="schedules", ondelete="CASCADE"),
    sa.UniqueConstraint("team_id", "schedule_id", "nominal"),
)

messages = _table(
    "messages",
    _team(),
    _id(),
    Column("channel_id", Id),
    Column("member_id", Id),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ref_channel", Text),
    Column("ref_message", Text),
    Column("revision", Integer, nullable=False),
    Column("posted_revision", Integer, nullable=False),
    _of_team(),
    _key("channel_id", to="channels"),
    _key("member_id", to="members"),
    CheckConstraint("(channel_id IS NULL) <> (member_id IS NULL)", name="one_destination"),
    sa.UniqueConstraint("team_id", "ref_channel", "ref_message"),
)

Index("ix_messages_kind", messages.c.team_id, messages.c.kind, messages.c.id)

message_items = _table(
    "message_items",
    _team(),
    Column("message_id", Id, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("item_id", Id, nullable=False),
    _key("message_id", to="messages", ondelete="CASCADE"),
    _key("item_id", to="items", ondelete="CASCADE"),
    sa.UniqueConstraint("team_id", "message_id", "item_id"),
)
Index("ix_message_items_item", message_items.c.team_id, message_items.c.item_id, message_items.c.message_id)

message_occurrences = _table(
    "message_occurrences",
    _team(),
    Column("message_id", Id, primary_key=True),
    Column("occurrence_id", Id, primary_key=True),
    _key("message_id", to="messages", ondelete="CASCADE"),
    _key("occurrence_id", to="occurrences", ondelete="CASCADE"),
)

deliveries = _table(
    "deliveries",
    _team(),
    _id(),
    Column("message_id", Id, nullable=False),
    Column("operation", String(6), nullable=False),
    Column("state", String(7), nullable=False),
    Column("send_after", Instant, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", sa.BigInteger),  # a lease clock's own milliseconds, never compared with business time
    Column("attempt", Integer, nullable=False),
    Column("first_attempt_at", Instant),
    Column("error", Text),
    _key("message_id", to="messages", ondelete="CASCADE"),
)
_WAITING = deliveries.c.state.in_(["ready", "sending"])
Index("ix_deliveries_waiting", deliveries.c.send_after, sqlite_where=_WAITING, postgresql_where=_WAITING)
_POST = deliveries.c.operation == "post"
Index("ix_deliveries_day", deliveries.c.team_id, deliveries.c.send_after, sqlite_where=_POST, postgresql_where=_POST)
_EDIT = sa.and_(deliveries.c.state == "ready", deliveries.c.operation == "edit")
Index("uq_deliveries_edit", deliveries.c.team_id, deliveries.c.message_id, unique=True, sqlite_where=_EDIT,
      postgresql_where=_EDIT)  # fmt: skip

reactions = _table(
    "reactions",
    _team(),
    Column("message_id", Id, primary_key=True),
    Column("member_id", Id, primary_key=True),
    Column("emoji", String(64), primary_key=True),
    _key("message_id", to="messages", ondelete="CASCADE"),
    _key("member_id", to="members", ondelete="CASCADE"),
)

requests = _table(
    "requests",
    _team(),
    Column("key", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("reply", Text),
    _of_team(),
)
Index("ix_requests_at", requests.c.at)

audit = _table(
    "audit",
    _team(),
    _id(),
    Column("at", Instant, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("actor_id", Id),
    Column("behalf_id", Id),
    Column("before", JsonText, nullable=False),
    Column("after", JsonText, nullable=False),
    Column("reason", Text),
    Column("source", String(8), nullable=False),
    Column("number", sa.BigInteger, nullable=False),
    Column("request_id", Id),
    Column("undoes_id", Id),
    _of_team(),
)
Index("ix_audit_subject", audit.c.team_id, audit.c.subject, audit.c.subject_id)
Index("ix_audit_actor", audit.c.team_id, audit.c.actor_id, audit.c.number)
Index("ix_audit_number", audit.c.team_id, audit.c.number)

notes = _table("notes", _team(), _id(), Column("text", Text, nullable=False), _of_team())

influencers = _table(
    "influencers",
    _team(),
    _id(),
    Column("name", Text, nullable=False),
    Column("network", Text),
    Column("topic", Text, nullable=False),
    Column("ideal_days", Integer, nullable=False),
    Column("active", sa.Boolean, nullable=False),
    _of_team(),
)

facts = _table("facts", Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

grants = _table(
    "grants",  # of workspaces and organisations: an installation comes before any team (bot.platforms.grants)
    Column("platform", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("secret", Text),
    Column("about", Text, nullable=False),
    Column("expires_at", Instant),
    Column("held_until", sa.BigInteger),
    Column("ended_at", Instant),
)
Index("ix_grants_owner", grants.c.platform, grants.c.owner)
