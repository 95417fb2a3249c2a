"""The one port: what listens on it while a block runs, and the address that people are told."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.http import Server
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from aiohttp import web

    Lacking = Callable[[], Awaitable[Mapping[str, int]]]


@asynccontextmanager
async def on_port(host: str, port: int, routes: Sequence[web.AbstractRouteDef], lacking: Lacking) -> AsyncIterator[str]:
    """Serve these routes; gives the address. `lacking`: see adapters.http.Server. ConfigurationError if it is taken."""
    server = Server(routes, lacking)
    try:
        port = await server.start(host, port)
    except OSError as error:
        raise ConfigurationError("web.no_port", host=host, port=str(port)) from error
    shown = f"[{host}]" if ":" in host else host
    try:
        yield f"http://{shown}:{port}/"
    finally:
        await server.stop()
