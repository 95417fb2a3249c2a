"""The web chat put together: whom it may be opened by, the server under it, and a clean end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from adapters.web.guard import Guard, is_loopback
from adapters.web.platform import WebPlatform
from adapters.web.site import Site
from bot.cli._demo import opened
from bot.cli._messages import say
from bot.cli._port import on_port
from bot.cli._previews import previews
from bot.cli._web_rooms import DemoRoom, earlier
from bot.clock import SystemClock, VirtualClock
from bot.config import load
from bot.engine.health import Look
from bot.errors import ConfigurationError, VigieError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiohttp import web

    from adapters.web.room import Room
    from bot.cli._demo import Options
    from bot.cli._port import Looking
    from bot.config import Settings
    from bot.i18n import Language
    from bot.ports import Store


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen, and what opens the page. Raises ConfigurationError for a host that the token must protect."""

    host: str
    port: int
    token: str
    language: Language

    def __post_init__(self) -> None:
        if not self.token and not is_loopback(self.host):
            raise ConfigurationError("web.needs_token", host=self.host)


def listening(settings: Settings, *, port: int | None = None, language: Language | None = None) -> Listening:
    """What the settings say; a port given on the command line wins."""
    token = settings.web_token.get_secret_value()
    return Listening(settings.host, settings.port if port is None else port, token, language or settings.language)


@asynccontextmanager
async def served(
    at: Listening, platform: WebPlatform, room: Room, look: Looking, more: Sequence[web.AbstractRouteDef] = ()
) -> AsyncIterator[str]:
    """The page, and `more` routes, while the block runs; gives its address (see bot.cli._port)."""
    site = Site(platform, room, Guard(at.token), at.language)
    async with on_port(at.host, at.port, [*site.routes(), *more], look) as address:
        try:
            yield address
        finally:
            await platform.stop()
            site.chat.close()


def answering(store: Store) -> Looking:
    """What the demo lacks when its database does not answer: no engine ticks there by itself."""

    async def look() -> Look:
        try:
            await store.read(lambda tx: tx.facts.get("used_by"))
        except VigieError:
            return Look({"database": 0}, {})
        return Look({}, {})

    return look


async def stopped() -> None:
    """Wait for SIGTERM or SIGINT."""
    end, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, end.set)
    try:
        await end.wait()
    finally:
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(one)


async def run_demo(options: Options, port: int | None) -> None:
    """The demo in the page, until stopped."""
    at = listening(load(), port=port, language=options.language or options.fallback)
    clock = VirtualClock(SystemClock().now())
    platform = WebPlatform(clock, previews=previews())
    async with opened(options, platform, clock) as demo:
        room = DemoRoom(demo)
        platform.restore(await demo.app.store.read(lambda tx: earlier(tx, demo.app, room.workspace)))
        await platform.start(room.receive)
        await demo.journey.settle()
        async with served(at, platform, room, answering(demo.app.store)) as address:
            click.echo(say("web.demo_at", address=address))
            show(address)
            await stopped()


def show(address: str) -> None:
    """Open the browser, where somebody sits in front of one."""
    import webbrowser

    display = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display and sys.stdin.isatty():
        webbrowser.open(address)
