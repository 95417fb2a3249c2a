"""`vigie manifest`: what a platform asks about the app before it lets it in."""

from __future__ import annotations

import click


@click.group("manifest")
def verb() -> None:
    """Print what a platform asks about the app."""


@verb.command("slack")
@click.option("--http", "url", metavar="URL", default="", help="The public https address that Slack shall call.")
@click.option("--several", is_flag=True, help="Workspaces install the app themselves (with --http).")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the descriptions (by default, yours).")
def slack(url: str, lang: str | None, *, several: bool) -> None:
    """Print the manifest to paste into Slack.

    At https://api.slack.com/apps: Create New App, From a manifest.
    """
    import json

    from adapters.slack.manifest import manifest
    from bot.cli._messages import terminal_language
    from bot.errors import ConfigurationError
    from bot.i18n import texts

    if several and not url:
        raise ConfigurationError("slack.manifest.several")
    if url and not url.startswith("https://"):
        raise ConfigurationError("slack.manifest.https", url=url[:80])
    language = ("fr" if lang == "fr" else "en") if lang else terminal_language()
    click.echo(json.dumps(manifest(texts(language), url, several=several), ensure_ascii=False, indent=2))
