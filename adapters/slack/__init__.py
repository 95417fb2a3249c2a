"""Slack: what it sends as requests, what the core says as Block Kit, over Socket Mode or HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from adapters.slack.platform import SlackPlatform
    from bot.config import Settings


def build(
    settings: Settings,
    accounts: Callable[[str, Collection[str]], Awaitable[Mapping[str, str]]],
    lines: Sequence[str],
) -> SlackPlatform:
    """The platform that the settings describe. Raises ConfigurationError when something is missing.

    `accounts` gives the Slack ids of members (bot.accounts); `lines` are what App Home shows.
    """
    from adapters.slack.platform import SLACK, Credentials, SlackPlatform

    credentials = Credentials(
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
        settings.slack_signing_secret.get_secret_value(),
        settings.slack_api_url or SLACK,
    )
    return SlackPlatform(credentials, accounts, lines)
