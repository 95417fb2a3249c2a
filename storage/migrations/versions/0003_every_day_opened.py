"""Open every day that a stop covers: the daily opening no longer skips to the newest"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE schedules SET catch_up = 'all' WHERE nudge = 'opening'")


def downgrade() -> None:
    op.execute("UPDATE schedules SET catch_up = 'skip' WHERE nudge = 'opening'")
