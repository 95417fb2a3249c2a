"""`vigie demo`: a team of four, a clock that you move, a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.i18n import Language


@click.command("demo")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the demo team.")
@click.option("--now", metavar="ISO", help="Where the clock starts, such as 2026-11-23T08:55 (the team's zone).")
@click.option("--database", metavar="URL", help="Keep the demo in this database instead of a temporary file.")
def verb(lang: Language | None, now: str | None, database: str | None) -> None:
    """Try Vigie here and now, with a team of four and a clock that you move."""
    import asyncio

    from bot.cli._console import run
    from bot.cli._demo import Options
    from bot.cli._words import terminal_language

    asyncio.run(run(Options(lang, now, database, terminal_language())))
