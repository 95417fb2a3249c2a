"""Discord adapter: events become requests, messages become components, over the gateway and REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from adapters.discord.platform import Credentials
    from bot.config import Settings

PERMISSIONS = 309237763136
"""See channels, send messages (in threads too), embed links, attach files, read the history, add reactions."""
_INVITE = "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={}"


def invite(application: str) -> str:
    """Return the address at which the admin of a server invites the bot."""
    return _INVITE.format(application, PERMISSIONS)


def credentials(settings: Settings) -> Credentials:
    """Read the credentials from the settings. Raises ConfigurationError when a setting or the extra is missing."""
    try:
        from adapters.discord.platform import Credentials
    except ModuleNotFoundError as error:
        raise ConfigurationError("discord.not_installed") from error

    shards = tuple(int(number) for number in settings.discord_shard_ids.split(",") if number)
    return Credentials(
        settings.discord_token.get_secret_value(),
        settings.discord_api_url,
        settings.discord_gateway_url,
        shards,
        settings.discord_shard_count,
    )
