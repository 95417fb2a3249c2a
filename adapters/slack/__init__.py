"""Slack: turns its deliveries into requests and messages into Block Kit, over Socket Mode or HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from adapters.slack.platform import SlackPlatform
    from adapters.slack.workspaces import Product, SlackWorkspaces
    from bot.config import Settings
    from bot.platforms.grants import Vault
    from bot.ports import Charts

LINES = ("day", "day team", "settings")
"""Lines of the grammar whose answers App Home shows, where such commands exist."""


def build(
    settings: Settings,
    accounts: Callable[[str, Collection[str]], Awaitable[Mapping[str, str]]],
    lines: Sequence[str],
    charts: Charts | None = None,
) -> SlackPlatform:
    """Build the platform that the settings describe. Raises ConfigurationError when something is missing.

    `accounts` returns the Slack ids of members (bot.platforms.accounts); `lines` are the lines that App Home answers;
    `charts` draws curves where Slack does not.
    """
    try:
        from adapters.slack.platform import SLACK, Credentials, Manner, SlackPlatform
    except ModuleNotFoundError as error:
        raise ConfigurationError("slack.not_installed") from error

    credentials = Credentials(
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
        settings.slack_signing_secret.get_secret_value(),
        settings.slack_api_url or SLACK,
    )
    return SlackPlatform(credentials, accounts, lines, Manner(charts=charts))


def several(settings: Settings) -> bool:
    """Return whether workspaces install the app themselves. Raises ConfigurationError when both modes are set."""
    if settings.slack_client_id and settings.slack_bot_token.get_secret_value():
        raise ConfigurationError("slack.two_modes")
    return bool(settings.slack_client_id)


def check(settings: Settings) -> tuple[str, str]:
    """Return the app's client secret and signing secret. Raises ConfigurationError when one is missing."""
    secret, signing = settings.slack_client_secret.get_secret_value(), settings.slack_signing_secret.get_secret_value()
    if not secret or not signing:
        raise ConfigurationError("slack.no_client_secret")
    return secret, signing


def build_many(settings: Settings, vault: Vault, product: Product, charts: Charts | None = None) -> SlackWorkspaces:
    """Build the platform of all workspaces that install the app. Raises ConfigurationError for a missing setting."""
    try:
        from adapters.slack.oauth import Application
        from adapters.slack.platform import SLACK, Manner
        from adapters.slack.workspaces import SlackWorkspaces
    except ModuleNotFoundError as error:
        raise ConfigurationError("slack.not_installed") from error

    secret, signing = check(settings)
    application = Application(settings.slack_client_id, secret, signing, settings.slack_api_url or SLACK)
    return SlackWorkspaces(application, vault, product, Manner(charts=charts))
