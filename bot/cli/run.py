"""`vigie run`: the product at work, until it is told to stop."""

from __future__ import annotations

import click


@click.command("run")
@click.option("--platform", metavar="NAMES", help="Only these platforms, such as: slack,web.")
def verb(platform: str | None) -> None:
    """Run Vigie for real; without a platform, in a local web page."""
    import asyncio

    from bot.cli._platforms import select_names
    from bot.cli._running import run
    from bot.config import load
    from bot.logs import configure

    settings = load()
    configure(settings.log)
    asyncio.run(run(settings, select_names(platform, settings)))
