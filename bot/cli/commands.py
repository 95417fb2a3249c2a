"""`vigie commands`: everything that can be typed after /cm, as the registry has it."""

from __future__ import annotations

import click


@click.command("commands")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--markdown", type=click.Choice(["fr", "en"]), help="The page of the reference in a language.")
def verb(*, as_json: bool, markdown: str | None) -> None:
    """List the chat commands."""
    import json

    from bot.cli._messages import terminal_language
    from bot.cli._reference import described, listed, page
    from bot.registry import load

    registry = load()
    if as_json:
        click.echo(
            json.dumps([described(command) for command in registry.commands.values()], ensure_ascii=False, indent=2)
        )
    elif markdown:
        click.echo(page(registry, "fr" if markdown == "fr" else "en"), nl=False)
    else:
        for line in listed(registry, terminal_language()):
            click.echo(line)
