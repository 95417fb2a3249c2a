"""Discord: what it sends as requests, what the core says as components, over the gateway and REST."""

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
    """The address by which a server's admin lets the bot in."""
    return _INVITE.format(application, PERMISSIONS)


def credentials(settings: Settings) -> Credentials:
    """What the settings say. Raises ConfigurationError when something is missing, the extra included."""
    try:
        from adapters.discord.platform import Credentials
    except ModuleNotFoundError as error:
        raise ConfigurationError("discord.not_installed") from error

    shards = tuple(int(one) for one in settings.discord_shard_ids.split(",") if one)
    return Credentials(
        settings.discord_token.get_secret_value(),
        settings.discord_api_url,
        settings.discord_gateway_url,
        shards,
        settings.discord_shard_count,
    )
