"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
    )
    op.create_table(
        "grants",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "place", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index("ix_grants_owner", ["platform", "owner"], unique=False)

    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("working_days", sa.String(length=7), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.Column("whit_monday", sa.Boolean(), nullable=False),
        sa.Column("formal", sa.Boolean(), nullable=False),
        sa.Column("home", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_table(
        "audit",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.Column("behalf_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_audit_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_actor", ["team_id", "actor_id", "id"], unique=False)
        batch_op.create_index("ix_audit_subject", ["team_id", "subject", "subject_id"], unique=False)

    op.create_table(
        "brands",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_brands_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_brands")),
    )
    op.create_table(
        "channels",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_channels_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_channels")),
        sa.UniqueConstraint("team_id", "external_id", name=op.f("uq_channels_team_id_external_id")),
    )
    op.create_table(
        "closures",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_closures_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "day", name=op.f("pk_closures")),
    )
    op.create_table(
        "influencers",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("ideal_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_influencers_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_influencers")),
    )
    op.create_table(
        "installations",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_installations_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "platform", name=op.f("pk_installations")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_installations_platform_external_id")),
    )
    op.create_table(
        "members",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permission", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_members_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_members")),
    )
    op.create_table(
        "notes",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_notes_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_notes")),
    )
    op.create_table(
        "requests",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_requests_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "key", name=op.f("pk_requests")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index("ix_requests_at", ["at"], unique=False)

    op.create_table(
        "schedules",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("nudge", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("catch_up", sa.String(length=6), nullable=False),
        sa.Column("nominal_next", sa.String(length=16), nullable=True),
        sa.Column("next_fire_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_schedules_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("team_id", "nudge", name=op.f("uq_schedules_team_id_nudge")),
    )
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.create_index(
            "ix_schedules_due",
            ["next_fire_at", "team_id"],
            unique=False,
            sqlite_where=sa.text("next_fire_at IS NOT NULL"),
            postgresql_where=sa.text("next_fire_at IS NOT NULL"),
        )

    op.create_table(
        "templates",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_templates_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_templates")),
        sa.UniqueConstraint("team_id", "key", name=op.f("uq_templates_team_id_key")),
    )
    op.create_table(
        "accounts",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("brand_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "brand_id"], ["brands.team_id", "brands.id"], name=op.f("fk_accounts_team_id_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "identities",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("member_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_identities_team_id_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "member_id", "platform", name=op.f("pk_identities")),
        sa.UniqueConstraint("team_id", "platform", "external_id", name=op.f("uq_identities_team_id_platform_external_id")),
    )
    op.create_table(
        "messages",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("channel_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.Column("member_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ref_channel", sa.Text(), nullable=True),
        sa.Column("ref_message", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("posted_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(channel_id IS NULL) <> (member_id IS NULL)", name=op.f("ck_messages_one_destination")),
        sa.ForeignKeyConstraint(
            ["team_id", "channel_id"], ["channels.team_id", "channels.id"], name=op.f("fk_messages_team_id_channel_id")
        ),
        sa.ForeignKeyConstraint(["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_messages_team_id_member_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_messages_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint("team_id", "ref_channel", "ref_message", name=op.f("uq_messages_team_id_ref_channel_ref_message")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_kind", ["team_id", "kind", "id"], unique=False)

    op.create_table(
        "occurrences",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("schedule_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("nominal", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "schedule_id"],
            ["schedules.team_id", "schedules.id"],
            name=op.f("fk_occurrences_team_id_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint("team_id", "schedule_id", "nominal", name=op.f("uq_occurrences_team_id_schedule_id_nominal")),
    )
    op.create_table(
        "template_versions",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("template_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=True),
        sa.Column("deadline", sa.Text(), nullable=True),
        sa.Column("closing", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "template_id"],
            ["templates.team_id", "templates.id"],
            name=op.f("fk_template_versions_team_id_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "template_id", "version", name=op.f("pk_template_versions")),
    )
    op.create_table(
        "deliveries",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("message_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("operation", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("send_after", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "message_id"],
            ["messages.team_id", "messages.id"],
            name=op.f("fk_deliveries_team_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_day",
            ["team_id", "send_after"],
            unique=False,
            sqlite_where=sa.text("operation = 'post'"),
            postgresql_where=sa.text("operation = 'post'"),
        )
        batch_op.create_index(
            "ix_deliveries_waiting",
            ["send_after"],
            unique=False,
            sqlite_where=sa.text("state IN ('ready', 'sending')"),
            postgresql_where=sa.text("state IN ('ready', 'sending')"),
        )
        batch_op.create_index(
            "uq_deliveries_edit",
            ["team_id", "message_id"],
            unique=True,
            sqlite_where=sa.text("state = 'ready' AND operation = 'edit'"),
            postgresql_where=sa.text("state = 'ready' AND operation = 'edit'"),
        )

    op.create_table(
        "holdings",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("member_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("account_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "account_id"], ["accounts.team_id", "accounts.id"], name=op.f("fk_holdings_team_id_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_holdings_team_id_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_holdings")),
    )
    op.create_table(
        "message_occurrences",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("message_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("occurrence_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "message_id"],
            ["messages.team_id", "messages.id"],
            name=op.f("fk_message_occurrences_team_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "occurrence_id"],
            ["occurrences.team_id", "occurrences.id"],
            name=op.f("fk_message_occurrences_team_id_occurrence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "message_id", "occurrence_id", name=op.f("pk_message_occurrences")),
    )
    op.create_table(
        "reactions",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("message_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("member_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("emoji", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f("fk_reactions_team_id_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "message_id"], ["messages.team_id", "messages.id"], name=op.f("fk_reactions_team_id_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "message_id", "member_id", "emoji", name=op.f("pk_reactions")),
    )
    op.create_table(
        "runs",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("template_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("nominal", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "template_id", "version"],
            ["template_versions.team_id", "template_versions.template_id", "template_versions.version"],
            name=op.f("fk_runs_team_id_template_id_version"),
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_runs")),
        sa.UniqueConstraint("team_id", "template_id", "nominal", name=op.f("uq_runs_team_id_template_id_nominal")),
    )
    op.create_table(
        "tasks",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("template_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "template_id", "version"],
            ["template_versions.team_id", "template_versions.template_id", "template_versions.version"],
            name=op.f("fk_tasks_team_id_template_id_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "template_id", "version", "position", name=op.f("pk_tasks")),
    )
    op.create_table(
        "items",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("run_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline_at", sa.BigInteger(), nullable=True),
        sa.Column("closing", sa.String(length=5), nullable=False),
        sa.Column("holder_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("closed_by", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_via", sa.String(length=8), nullable=True),
        sa.Column("closed_on", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=True),
        sa.Column("reopened_at", sa.BigInteger(), nullable=True),
        sa.Column("later_at", sa.BigInteger(), nullable=True),
        sa.Column("snoozes", sa.Integer(), nullable=False),
        sa.Column("urgent_at", sa.BigInteger(), nullable=True),
        sa.Column("heeded_at", sa.BigInteger(), nullable=True),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "holder_id"], ["members.team_id", "members.id"], name=op.f("fk_items_team_id_holder_id")),
        sa.ForeignKeyConstraint(
            ["team_id", "run_id"], ["runs.team_id", "runs.id"], name=op.f("fk_items_team_id_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_items")),
        sa.UniqueConstraint("team_id", "run_id", "position", name=op.f("uq_items_team_id_run_id_position")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index("ix_items_closed", ["team_id", "closed_at"], unique=False)
        batch_op.create_index(
            "ix_items_open",
            ["team_id", "start_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "message_items",
        sa.Column("team_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("message_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "item_id"], ["items.team_id", "items.id"], name=op.f("fk_message_items_team_id_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "message_id"],
            ["messages.team_id", "messages.id"],
            name=op.f("fk_message_items_team_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "message_id", "position", name=op.f("pk_message_items")),
        sa.UniqueConstraint("team_id", "message_id", "item_id", name=op.f("uq_message_items_team_id_message_id_item_id")),
    )
    with op.batch_alter_table("message_items", schema=None) as batch_op:
        batch_op.create_index("ix_message_items_item", ["team_id", "item_id", "message_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("message_items", schema=None) as batch_op:
        batch_op.drop_index("ix_message_items_item")

    op.drop_table("message_items")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index("ix_items_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index("ix_items_closed")

    op.drop_table("items")
    op.drop_table("tasks")
    op.drop_table("runs")
    op.drop_table("reactions")
    op.drop_table("message_occurrences")
    op.drop_table("holdings")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deliveries_edit",
            sqlite_where=sa.text("state = 'ready' AND operation = 'edit'"),
            postgresql_where=sa.text("state = 'ready' AND operation = 'edit'"),
        )
        batch_op.drop_index(
            "ix_deliveries_waiting",
            sqlite_where=sa.text("state IN ('ready', 'sending')"),
            postgresql_where=sa.text("state IN ('ready', 'sending')"),
        )
        batch_op.drop_index("ix_deliveries_day", sqlite_where=sa.text("operation = 'post'"), postgresql_where=sa.text("operation = 'post'"))

    op.drop_table("deliveries")
    op.drop_table("template_versions")
    op.drop_table("occurrences")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_kind")

    op.drop_table("messages")
    op.drop_table("identities")
    op.drop_table("accounts")
    op.drop_table("templates")
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_schedules_due", sqlite_where=sa.text("next_fire_at IS NOT NULL"), postgresql_where=sa.text("next_fire_at IS NOT NULL")
        )

    op.drop_table("schedules")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("ix_requests_at")

    op.drop_table("requests")
    op.drop_table("notes")
    op.drop_table("members")
    op.drop_table("installations")
    op.drop_table("influencers")
    op.drop_table("closures")
    op.drop_table("channels")
    op.drop_table("brands")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_subject")
        batch_op.drop_index("ix_audit_actor")

    op.drop_table("audit")
    op.drop_table("teams")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index("ix_grants_owner")

    op.drop_table("grants")
    op.drop_table("facts")
