"""Slack: what it sends as requests, what the core says as Block Kit, over Socket Mode or HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from adapters.slack.platform import SlackPlatform
    from bot.config import Settings

LINES = ("day", "day team", "settings")
"""What App Home shows, as lines of the grammar, where there are such commands."""


def build(
    settings: Settings,
    accounts: Callable[[str, Collection[str]], Awaitable[Mapping[str, str]]],
    lines: Sequence[str],
) -> SlackPlatform:
    """The platform that the settings describe. Raises ConfigurationError when something is missing.

    `accounts` gives the Slack ids of members (bot.accounts); `lines` are what App Home shows.
    """
    try:
        from adapters.slack.platform import SLACK, Credentials, SlackPlatform
    except ModuleNotFoundError as error:
        raise ConfigurationError("slack.not_installed") from error

    credentials = Credentials(
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
        settings.slack_signing_secret.get_secret_value(),
        settings.slack_api_url or SLACK,
    )
    return SlackPlatform(credentials, accounts, lines)
