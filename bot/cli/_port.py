"""The one port: what listens on it while a block runs, and the address that people are told."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.http import Server
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from aiohttp import web

    from bot.engine.health import Look

    Looking = Callable[[], Awaitable[Look]]


@asynccontextmanager
async def on_port(host: str, port: int, routes: Sequence[web.AbstractRouteDef], look: Looking) -> AsyncIterator[str]:
    """Serve these routes, and yield the address. Raises ConfigurationError when the port is taken."""
    server = Server(routes, look)
    try:
        port = await server.start(host, port)
    except OSError as error:
        raise ConfigurationError("web.no_port", host=host, port=str(port)) from error
    shown = f"[{host}]" if ":" in host else host
    try:
        yield f"http://{shown}:{port}/"
    finally:
        await server.stop()
