"""`vigie doctor`: one line a check, with what is missing and the fix; exit code 1 when one fails."""

from __future__ import annotations

import click


@click.command("doctor")
def verb() -> None:
    """Say what is missing and how to fix it; nothing is written."""
    import sys

    from bot.cli._doctor import examine
    from bot.cli._messages import checks
    from bot.clock import SystemClock

    if not checks(examine(SystemClock())):
        sys.exit(1)
