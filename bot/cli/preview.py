"""`vigie preview`: every nudge that would be sent between two dates; nothing is written."""

from __future__ import annotations

import click


@click.command("preview")
@click.option("--from", "first", required=True, metavar="DATE", help="First day, such as 2026-11-01.")
@click.option("--to", "last", required=True, metavar="DATE", help="Last day, included.")
@click.option("--team", metavar="ID", help="One team of the database; all of them otherwise.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def verb(first: str, last: str, team: str | None, *, as_json: bool) -> None:
    """Show every message that two dates would bring; writes nothing."""
    import asyncio
    import json
    from dataclasses import asdict

    from bot.cli._agenda import agenda
    from bot.cli._messages import terminal_language
    from bot.cli._preview import foretell, span_of
    from bot.i18n import texts

    days = span_of(first, last)
    for foretold in asyncio.run(foretell(days, team)):
        if as_json:
            rows = iter([json.dumps(asdict(line), ensure_ascii=False) for line in foretold.lines])
        else:
            rows = agenda(foretold, days, texts(terminal_language()))
        for row in rows:
            click.echo(row)
