"""Name in each line of the record the request that wrote it, and the one that it takes back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("audit", sa.Column("request_id", ID, nullable=True))
    op.add_column("audit", sa.Column("undoes_id", ID, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_column("undoes_id")
        batch_op.drop_column("request_id")
