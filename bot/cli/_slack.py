"""Slack put together: its platform over the app, for one workspace or for all that install it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from adapters.charts import build as build_charts
from adapters.slack import LINES, build_many, several
from adapters.slack import build as build_single
from bot.config import keys_of
from bot.i18n import texts
from bot.platforms.profiles import follow_profile
from bot.platforms.services import Hosting
from storage.grants import open_vault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.workspaces import Product
    from bot.cli._compose import App
    from bot.clock import Clock
    from bot.config import Settings
    from bot.i18n import Language
    from bot.ports import Platform

NAME = "slack"


def configured(settings: Settings) -> bool:
    """Return whether a workspace's token, or the app that workspaces install, is set."""
    return bool(settings.slack_bot_token.get_secret_value() or settings.slack_client_id)


async def build(settings: Settings, app: App) -> Platform:
    """Build the platform that the settings describe. Raises ConfigurationError when a credential is missing."""
    lines = [line for line in LINES if app.registry.resolve(line)[0]]
    if several(settings):
        vault = open_vault(lambda: app.store, keys_of(settings))
        return build_many(settings, vault, product(app.pipeline.clock, settings.language, app, lines), build_charts())
    platform = build_single(settings, Hosting(app.store, NAME).accounts, lines, build_charts())
    platform.inbound.profiles.meet = partial(follow_profile, app.store, NAME)
    return platform


def examine(settings: Settings, clock: Clock) -> list[tuple[bool, str]]:
    """Return the rows of `vigie doctor`."""
    from bot.cli._doctor_slack import examine_slack

    return examine_slack(settings, clock)


def product(clock: Clock, language: Language, app: App, lines: Sequence[str]) -> Product:
    """Build what many workspaces ask of the app; when one installs Vigie again, its nudges resume at once."""
    from adapters.slack.workspaces import Product

    hosting = Hosting(app.store, NAME)

    async def resume(place: str) -> None:
        await hosting.back(place)
        app.engine.wake()

    keep_profile = partial(follow_profile, app.store, NAME)
    return Product(clock, texts(language), hosting.accounts, keep_profile, hosting.left, resume, lines)
