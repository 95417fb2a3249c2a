"""The web chat put together: whom it may be opened by, the page over a platform, and the demo in it."""

from __future__ import annotations

import os
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
from bot.cli._running import wait_for_signal
from bot.cli._web_rooms import DemoRoom, LastingRoom, load_history
from bot.clock import SystemClock, VirtualClock
from bot.config import load
from bot.engine.health import Look
from bot.errors import ConfigurationError, VigieError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.web.room import Room
    from bot.cli._compose import App
    from bot.cli._demo import Demo, Options
    from bot.cli._port import Looking
    from bot.clock import Clock
    from bot.config import Settings
    from bot.i18n import Language
    from bot.ports import Store


@dataclass(frozen=True, slots=True)
class Listening:
    """Address and token of the page. Raises ConfigurationError for a host that a token must protect."""

    host: str
    port: int
    token: str
    language: Language

    def __post_init__(self) -> None:
        if not self.token and not is_loopback(self.host):
            raise ConfigurationError("web.needs_token", host=self.host)


def configured(settings: Settings) -> bool:  # noqa: ARG001  # it has no credentials
    """Return False: the page is served when it is asked for, or when no other platform is configured."""
    return False


async def build(settings: Settings, app: App) -> WebPlatform:
    """Build the local chat, with the messages of earlier runs. Raises ConfigurationError for a host without token."""
    room = LastingRoom(app, app.pipeline.clock, settings.language, settings.timezone)
    platform = WebPlatform(app.pipeline.clock, previews=previews())
    await mount(platform, room, read_settings(settings), app)
    return platform


def examine(settings: Settings, clock: Clock) -> list[tuple[bool, str]]:  # noqa: ARG001  # nothing to connect to
    """Return no row of `vigie doctor`."""
    return []


def read_settings(settings: Settings, *, port: int | None = None, language: Language | None = None) -> Listening:
    """Read where to listen from the settings; a port of the command line wins."""
    token = settings.web_token.get_secret_value()
    return Listening(settings.host, settings.port if port is None else port, token, language or settings.language)


async def mount(platform: WebPlatform, room: Room, at: Listening, app: App) -> None:
    """Give the platform its page, with the messages that earlier runs posted in the room."""
    platform.mount(Site(platform, room, Guard(at.token), at.language).routes())
    platform.restore(await app.store.read(lambda tx: load_history(tx, app, room.workspace)))


def check_store(store: Store) -> Looking:
    """Build the readiness check of the demo: only the database, as no engine ticks there by itself."""

    async def look() -> Look:
        try:
            await store.read(lambda tx: tx.facts.get("used_by"))
        except VigieError:
            return Look({"database": 0}, {})
        return Look({}, {})

    return look


async def run_demo(options: Options, port: int | None) -> None:
    """Show the demo in the page until stopped."""
    at = read_settings(load(), port=port, language=options.language or options.fallback)
    async with serve_demo(options, at, VirtualClock(SystemClock().now())) as served:
        click.echo(say("web.demo_at", address=served.address))
        open_browser(served.address)
        await wait_for_signal()


@dataclass(frozen=True, slots=True)
class ServedDemo:
    """An open demo, and the address of its page."""

    address: str
    demo: Demo
    platform: WebPlatform


@asynccontextmanager
async def serve_demo(options: Options, at: Listening, clock: VirtualClock) -> AsyncIterator[ServedDemo]:
    """Open the demo and serve its page while the block runs."""
    platform = WebPlatform(clock, previews=previews())
    async with opened(options, platform, clock) as demo:
        room = DemoRoom(demo)
        await mount(platform, room, at, demo.app)
        await platform.start(room.receive)
        await demo.journey.settle()
        async with on_port(at.host, at.port, platform.routes(), check_store(demo.app.store)) as address:
            try:
                yield ServedDemo(address, demo, platform)
            finally:
                await platform.stop()


def open_browser(address: str) -> None:
    """Open the browser, where somebody sits in front of one."""
    import webbrowser

    display = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display and sys.stdin.isatty():
        webbrowser.open(address)
