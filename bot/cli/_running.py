"""The life of `vigie run`: open, listen, remind; on SIGTERM or SIGINT stop taking work, finish, close."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import click

from adapters.metrics import PrometheusMetrics
from adapters.timer import ApschedulerTimer
from adapters.web.platform import WebPlatform
from bot.cli._compose import Choices, compose
from bot.cli._discord import discord, in_discord
from bot.cli._gc import settle_down
from bot.cli._messages import say
from bot.cli._port import on_port
from bot.cli._previews import previews
from bot.cli._shutdown import in_time
from bot.cli._slack import in_slack, slack
from bot.cli._web import Listening, listening, served, stopped
from bot.cli._web_rooms import LastingRoom, earlier
from bot.clock import SystemClock
from bot.errors import ConfigurationError
from storage.lock import sole_use
from storage.wake import open_wake

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from aiohttp import web

    from bot.cli._compose import App
    from bot.config import Settings
    from bot.errors import VigieError
    from bot.ports import Platform, Tx
    from storage.wake import OpenWake

KNOWN = ("slack", "discord", "web")


class Chat(Protocol):
    """A platform that may come to an end of its own."""

    ended: asyncio.Event
    why: VigieError | None


def chosen(names: str | None, settings: Settings) -> Sequence[str]:
    """The platforms to run: those asked for, else every one whose credentials are set, else the local web chat.

    Raises ConfigurationError for one that there is not.
    """
    if names is None:
        asked = settings.slack_bot_token.get_secret_value() or settings.slack_client_id
        tokens = {"slack": asked, "discord": settings.discord_token.get_secret_value()}
        return [name for name, token in tokens.items() if token] or ["web"]
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in KNOWN:
            raise ConfigurationError("run.unknown_platform", name=name[:40], known=list(KNOWN))
    return wanted


async def run(settings: Settings, wanted: Sequence[str]) -> None:
    """These platforms over the database, with the engine running, until stopped."""
    address = settings.database_url.get_secret_value()
    clock = SystemClock()
    there: list[App] = []
    at = listening(settings) if "web" in wanted else None
    page = WebPlatform(clock, previews=previews()) if at else None
    slacks = slack(settings, lambda: there[0]) if "slack" in wanted else None
    discords = discord(settings, lambda: there[0]) if "discord" in wanted else None
    with sole_use(address), in_time() as ending:
        platforms: list[Platform] = [one for one in (page, slacks, discords) if one is not None]
        metrics = PrometheusMetrics(wanted)
        app = compose(address, clock, platforms, Choices(settings.catalogue_dir, settings.language, metrics))
        there.append(app)
        try:
            await app.store.write(_claim)
            settle_down()  # it takes a moment: before anybody is listened to
            async with AsyncExitStack() as open_:
                routes = [*metrics.routes(), *(slacks.routes() if slacks else [])]
                if at and page:
                    shown = await open_.enter_async_context(_page(app, at, page, settings, routes))
                else:
                    shown = await open_.enter_async_context(
                        on_port(settings.host, settings.port, routes, app.health.look)
                    )
                if slacks:
                    await open_.enter_async_context(in_slack(app, slacks, settings))
                if discords:
                    await open_.enter_async_context(in_discord(app, discords, settings))
                click.echo(say("run.at", address=shown))
                chats: list[Chat] = [one for one in (slacks, discords) if one is not None]
                await _remind(app, chats, open_wake(app.store.engines, address), ending)
        finally:
            await app.store.close()


@asynccontextmanager
async def _page(
    app: App, at: Listening, platform: WebPlatform, settings: Settings, more: Sequence[web.AbstractRouteDef]
) -> AsyncIterator[str]:
    """The local web chat, while the block runs; gives its address."""
    room = LastingRoom(app, SystemClock(), settings.language, settings.timezone)
    platform.restore(await app.store.read(lambda tx: earlier(tx, app, room.workspace)))
    await platform.start(app.pipeline.receive)
    async with served(at, platform, room, app.health.look, more) as address:
        yield address


def _claim(tx: Tx) -> None:
    """Mark the database as a real one; a demo's is refused."""
    if tx.facts.get("used_by") == "demo":
        raise ConfigurationError("run.a_demo")
    tx.facts.put("used_by", "run")


async def _remind(app: App, chats: Sequence[Chat], wake: OpenWake, ending: Callable[[], None]) -> None:
    """The engine on the real clock, until stopped; what it has begun is finished.

    A fault of it ends the process, and so does a platform that can do nothing more: it says why.
    """
    running = asyncio.create_task(app.engine.run(ApschedulerTimer(), wake))
    ends = {asyncio.create_task(stopped()), *(asyncio.create_task(_ended(one)) for one in chats)}
    await asyncio.wait({running, *ends}, return_when=asyncio.FIRST_COMPLETED)
    ending()
    for one in ends:
        one.cancel()
    app.engine.stop()
    try:
        await running
    finally:
        await wake.close()
    why = next((chat.why for chat in chats if chat.why), None)
    if why is not None:
        raise why


async def _ended(chat: Chat) -> None:
    await chat.ended.wait()
