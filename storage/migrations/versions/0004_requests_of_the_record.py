"""Name in each line of the record the request that wrote it, and the one that it takes back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.schema import Id

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("request_id", Id, nullable=True))
    op.add_column("audit", sa.Column("undoes_id", Id, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_column("undoes_id")
        batch_op.drop_column("request_id")
