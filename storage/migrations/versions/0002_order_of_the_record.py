"""Count the entries of each team's record, and drop the marks of teams and items"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = """
UPDATE audit SET number = counted.number
FROM (SELECT team_id, id, row_number() OVER (PARTITION BY team_id ORDER BY id) AS number FROM audit) AS counted
WHERE audit.team_id = counted.team_id AND audit.id = counted.id
"""


def upgrade() -> None:
    op.add_column("audit", sa.Column("number", sa.BigInteger(), nullable=True))
    op.execute(NUMBER)
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.alter_column("number", existing_type=sa.BigInteger(), nullable=False)
        batch_op.drop_index("ix_audit_actor")
        batch_op.create_index("ix_audit_actor", ["team_id", "actor_id", "number"], unique=False)
        batch_op.create_index("ix_audit_number", ["team_id", "number"], unique=False)
    op.drop_column("teams", "mark")
    op.drop_column("items", "mark")


def downgrade() -> None:
    """Give every team and item a mark of its own again: only that it changes with each write ever mattered."""
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mark", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.alter_column("mark", existing_type=sa.BigInteger(), server_default=None)
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mark", sa.String(length=16), nullable=False, server_default=""))
    op.execute("UPDATE teams SET mark = substr(id, 7)")
    op.execute(
        "UPDATE items SET mark = counted.number"
        " FROM (SELECT team_id, id, row_number() OVER (ORDER BY team_id, id) AS number FROM items) AS counted"
        " WHERE items.team_id = counted.team_id AND items.id = counted.id"
    )
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.alter_column("mark", existing_type=sa.String(length=16), server_default=None)
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_number")
        batch_op.drop_index("ix_audit_actor")
        batch_op.create_index("ix_audit_actor", ["team_id", "actor_id", "id"], unique=False)
        batch_op.drop_column("number")
