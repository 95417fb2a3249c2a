"""The life of `vigie run`: open, listen, remind; on SIGTERM or SIGINT stop taking work, finish, close."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from adapters.timer import ApschedulerTimer
from adapters.web.platform import WebPlatform
from bot.cli._compose import compose
from bot.cli._rooms import LastingRoom, earlier
from bot.cli._web import listening, served, stopped
from bot.cli._words import say
from bot.clock import SystemClock
from bot.errors import ConfigurationError
from storage.lock import sole_use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cli._compose import App
    from bot.config import Settings
    from bot.ports import Tx

KNOWN = ("web",)


def chosen(names: str | None) -> Sequence[str]:
    """The platforms to run. Raises ConfigurationError for one that there is not."""
    wanted = [name.strip() for name in names.split(",")] if names is not None else list(KNOWN)
    for name in wanted:
        if name not in KNOWN:
            raise ConfigurationError("run.unknown_platform", name=name[:40], known=list(KNOWN))
    return wanted


async def run(settings: Settings) -> None:
    """The local web chat over the database, with the engine running, until stopped."""
    at, address = listening(settings), settings.database_url.get_secret_value()
    clock = SystemClock()
    platform = WebPlatform(clock)
    with sole_use(address):
        app = compose(address, clock, [platform], folder=settings.catalogue_dir, language=settings.language)
        try:
            await app.store.write(_claim)
            room = LastingRoom(app, clock, settings.language, settings.timezone)
            platform.restore(await app.store.read(lambda tx: earlier(tx, app, room.workspace)))
            await platform.start(app.pipeline.receive)
            async with served(at, platform, room, app.store) as page:
                click.echo(say("run.at", address=page))
                await _remind(app)
        finally:
            await app.store.close()


def _claim(tx: Tx) -> None:
    """Mark the database as a real one; a demo's is refused."""
    if tx.facts.get("used_by") == "demo":
        raise ConfigurationError("run.a_demo")
    tx.facts.put("used_by", "run")


async def _remind(app: App) -> None:
    """The engine on the real clock, until stopped; what it has begun is finished. A fault of it ends the process."""
    running = asyncio.create_task(app.engine.run(ApschedulerTimer()))
    told = asyncio.create_task(stopped())
    await asyncio.wait({running, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    app.engine.stop()
    await running
