"""Slack put together: its platform over the product, first contact before the pipeline, the port it is called on."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from adapters.http import Server
from adapters.slack import LINES, build
from bot.accounts import accounts
from bot.errors import ConfigurationError, VigieError
from bot.installing import Fallback, Reception
from bot.knowing import meet
from bot.reconciling import recent_cards
from bot.registry import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

    from aiohttp import web

    from adapters.slack.platform import SlackPlatform
    from bot.cli._compose import App
    from bot.config import Settings
    from bot.knowing import Profile

log = structlog.get_logger()


def slack(settings: Settings, app: Callable[[], App]) -> SlackPlatform:
    """The platform that the settings describe; `app` is asked for only once somebody is mentioned.

    Raises ConfigurationError when a credential is missing.
    """

    async def of(team: str, members: Collection[str]) -> Mapping[str, str]:
        return await accounts(app().store, "slack", team, members)

    async def known(team: str, profile: Profile, before: Profile | None) -> bool:
        return await meet(app().store, "slack", team, profile, before)

    registry = load()
    platform = build(settings, of, [line for line in LINES if registry.resolve(line)[0]])
    platform.desk.meeting.meet = known
    return platform


@asynccontextmanager
async def in_slack(app: App, platform: SlackPlatform, settings: Settings) -> AsyncIterator[None]:
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


async def _catch_up(app: App, platform: SlackPlatform) -> None:
    """Reactions that were put on or taken off while Vigie was stopped."""
    try:
        missed = await platform.reconcile(await recent_cards(app.store, platform.name, platform.desk.team))
    except VigieError:
        log.exception("reactions not reconciled")
    else:
        log.info("reactions reconciled", missed=missed)


@asynccontextmanager
async def called(
    settings: Settings, routes: Sequence[web.AbstractRouteDef], lacking: Callable[[], Awaitable[Mapping[str, int]]]
) -> AsyncIterator[str]:
    """The port without the page, while the block runs; gives its address. Raises ConfigurationError if it is taken."""
    server = Server(routes, lacking)
    try:
        port = await server.start(settings.host, settings.port)
    except OSError as error:
        raise ConfigurationError("web.no_port", host=settings.host, port=str(settings.port)) from error
    try:
        yield f"http://{settings.host}:{port}/"
    finally:
        await server.stop()
