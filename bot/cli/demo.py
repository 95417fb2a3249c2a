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
@click.option("--web", is_flag=True, help="In a page of the browser instead of this terminal.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where the page is served (8080).")
def verb(*, lang: Language | None, now: str | None, database: str | None, web: bool, port: int | None) -> None:
    """Try Vigie here and now: a team of four, a clock that you move."""
    import asyncio

    from bot.cli._demo import Options
    from bot.cli._messages import terminal_language

    options = Options(lang, now, database, terminal_language())
    if web:
        from bot.cli._web import run_demo

        asyncio.run(run_demo(options, port))
    else:
        from bot.cli._console import run

        asyncio.run(run(options))
