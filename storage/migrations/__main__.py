"""Write a new revision of the tables from what storage/schema.py says now.

`uv run python -m storage.migrations "Keep the feeds"`
"""

from __future__ import annotations

import sys

from alembic import command

from storage.engines import open_engines
from storage.migrate import config, head, upgrade


def main(title: str) -> None:
    """Compare the tables of today's head with the schema; the file's number is the next one."""
    engine = open_engines("sqlite://").write
    upgrade(engine)
    with engine.begin() as connection:
        command.revision(config(connection), title, autogenerate=True, rev_id=f"{int(head()) + 1:04}")


if __name__ == "__main__":
    main(sys.argv[1])
