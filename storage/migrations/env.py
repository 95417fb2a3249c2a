"""Alembic's entry: runs on the connection that storage.migrate holds, inside its transaction and its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from alembic import context

from storage import schema, types

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own types as what the database keeps: a migration must not depend on today's classes."""
    if kind != "type":
        return False
    match item:
        case types.Instant():
            return "sa.BigInteger()"
        case types.Local() | types.Day() | types.Hour():
            return f"sa.String(length={item.impl.length})"
        case sa.String() if "postgresql" in item._variant_mapping:  # noqa: SLF001  # no public way to ask
            return 'sa.String(length=22).with_variant(sa.String(length=22, collation="C"), "postgresql")'
        case _:
            return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    render_as_batch=True,
    render_item=render_item,
)
context.run_migrations()
