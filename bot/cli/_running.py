"""The life of `vigie run`: open, listen, remind; on SIGTERM or SIGINT stop taking work, finish, close."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import click

from adapters.metrics import PrometheusMetrics
from adapters.timer import ApschedulerTimer
from bot.cli._compose import Choices, compose
from bot.cli._gc import tune_collector
from bot.cli._messages import say
from bot.cli._platforms import load_kind, serve_platform
from bot.cli._port import on_port
from bot.cli._shutdown import limit_shutdown
from bot.clock import SystemClock
from bot.errors import ConfigurationError
from storage.lock import sole_use
from storage.wake import open_wake

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.cli._compose import App
    from bot.config import Settings
    from bot.ports import Platform, Tx
    from storage.wake import OpenWake


async def run(settings: Settings, names: Sequence[str]) -> None:
    """Run these platforms over the database, and the engine, until stopped."""
    address = settings.database_url.get_secret_value()
    with sole_use(address), limit_shutdown() as start_countdown:
        metrics = PrometheusMetrics(names)
        choices = Choices(settings.catalogue_dir, settings.language, metrics)
        app = compose(address, SystemClock(), choices=choices)
        try:
            platforms = [await load_kind(name).build(settings, app) for name in names]
            for platform in platforms:
                app.add(platform)
            await app.store.write(_claim_database)
            tune_collector()  # it takes a moment: before anybody is listened to
            routes = [*metrics.routes(), *(route for platform in platforms for route in platform.routes())]
            async with AsyncExitStack() as stack:
                port = on_port(settings.host, settings.port, routes, app.health.look)
                url = await stack.enter_async_context(port)
                for platform in platforms:
                    await stack.enter_async_context(serve_platform(app, platform, settings))
                click.echo(say("run.at", address=url))
                await run_engine(app, platforms, open_wake(app.store.engines, address), start_countdown)
        finally:
            await app.store.close()


def _claim_database(tx: Tx) -> None:
    """Mark the database as a real one. Raises ConfigurationError for a demo's."""
    if tx.facts.get("used_by") == "demo":
        raise ConfigurationError("run.a_demo")
    tx.facts.put("used_by", "run")


async def run_engine(
    app: App, platforms: Sequence[Platform], wake: OpenWake, start_countdown: Callable[[], None]
) -> None:
    """Run the engine on the real clock until stopped, and let it finish its batch.

    A fault of the engine ends the process. So does a platform that ends: its reason is raised.
    """
    engine = asyncio.create_task(app.engine.run(ApschedulerTimer(), wake))
    stops = {asyncio.create_task(wait_for_signal())}
    stops |= {asyncio.create_task(_wait_for_end(platform)) for platform in platforms}
    await asyncio.wait({engine, *stops}, return_when=asyncio.FIRST_COMPLETED)
    start_countdown()
    for task in stops:
        task.cancel()
    app.engine.stop()
    try:
        await engine
    finally:
        await wake.close()
    why = next((platform.why for platform in platforms if platform.why), None)
    if why is not None:
        raise why


async def _wait_for_end(platform: Platform) -> None:
    await platform.ended.wait()


async def wait_for_signal() -> None:
    """Wait for SIGTERM or SIGINT."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await stop.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
