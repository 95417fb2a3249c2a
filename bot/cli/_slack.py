"""Slack put together: its platform over the product, first contact before the pipeline."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from adapters.charts import build as build_charts
from adapters.slack import LINES, build, build_many, several
from bot.clock import SystemClock
from bot.config import keys_of
from bot.errors import VigieError
from bot.i18n import texts
from bot.platforms.accounts import accounts
from bot.platforms.first_contact import Fallback, Reception
from bot.platforms.missed_reactions import recent_cards
from bot.platforms.profiles import meet
from bot.platforms.services import Hosting
from bot.registry import load
from storage.grants import open_vault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

    from adapters.slack.many import Product, SlackWorkspaces
    from adapters.slack.platform import SlackPlatform
    from bot.cli._compose import App
    from bot.clock import Clock
    from bot.config import Settings
    from bot.i18n import Language
    from bot.platforms.profiles import Profile

log = structlog.get_logger()
NAME = "slack"


def slack(settings: Settings, app: Callable[[], App]) -> SlackPlatform | SlackWorkspaces:
    """The platform that the settings describe; `app` is asked for only once somebody is mentioned.

    Raises ConfigurationError when a credential is missing.
    """
    registry = load()
    lines = [line for line in LINES if registry.resolve(line)[0]]
    if several(settings):
        vault = open_vault(lambda: app().store, keys_of(settings))
        return build_many(settings, vault, product(SystemClock(), settings.language, app, lines), build_charts())
    platform = build(settings, _Asked(app).accounts, lines, build_charts())
    platform.desk.meeting.meet = _Asked(app).meet
    return platform


@dataclass(frozen=True, slots=True)
class _Asked:
    """What Slack asks of a product that is put together after it."""

    app: Callable[[], App]

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]:
        return await accounts(self.app().store, NAME, team, members)

    async def meet(self, team: str, profile: Profile, before: Profile | None) -> bool:
        return await meet(self.app().store, NAME, team, profile, before)

    async def gone(self, place: str) -> None:
        """The app was taken out of a workspace: its team's nudges stop."""
        await Hosting(self.app().store, NAME).left(place)

    async def back(self, place: str) -> None:
        """The app was installed, maybe again: nudges come from now on."""
        app = self.app()
        await Hosting(app.store, NAME).back(place)
        app.engine.wake()


def product(clock: Clock, language: Language, app: Callable[[], App], lines: Sequence[str]) -> Product:
    """What many workspaces ask of the product."""
    from adapters.slack.many import Product

    asked = _Asked(app)
    return Product(clock, texts(language), asked.accounts, asked.meet, asked.gone, asked.back, lines)


@asynccontextmanager
async def in_slack(app: App, platform: SlackPlatform | SlackWorkspaces, settings: Settings) -> AsyncIterator[None]:
    """Listen to Slack while the block runs. Raises ConfigurationError when Slack refuses the credentials."""
    fallback = Fallback(settings.language, settings.timezone)
    reception = Reception(app.store, app.pipeline.receive, platform.introduce, fallback)
    await reception.warm()
    await platform.start(reception.receive)
    catching_up = asyncio.create_task(_catch_up(app, platform))
    try:
        yield
    finally:
        catching_up.cancel()
        await asyncio.gather(catching_up, return_exceptions=True)
        await platform.stop()


async def _catch_up(app: App, platform: SlackPlatform | SlackWorkspaces) -> None:
    """Reactions that were put on or taken off while Vigie was stopped, one workspace after the other."""
    from adapters.slack.platform import SlackPlatform

    missed = 0
    try:
        if isinstance(platform, SlackPlatform):
            missed = await platform.reconcile(await recent_cards(app.store, platform.name, platform.desk.team))
        else:
            for place in await platform.places():
                missed += await platform.reconcile(place, await recent_cards(app.store, platform.name, place))
    except VigieError:
        log.exception("reactions not reconciled")
    else:
        log.info("reactions reconciled", missed=missed)
