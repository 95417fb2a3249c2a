"""The one HTTP server: it mounts the routes that it is given, says how the product is, and hardens every answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.engine.health import Look

LARGEST_BODY = 1024 * 1024
"""Bytes of a request's body; more is refused with 413."""
LAST_WORDS = 3.0
"""Seconds that open connections get when the server stops."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""What every answer says unless its route says otherwise."""


class Server:
    """One port for everything: `/healthz` says that the process lives, `/readyz` whether it does its work.

    `look` gives the reasons why it does not, each with its age in seconds, and the figures that are shown either way.
    """

    def __init__(self, routes: Iterable[web.AbstractRouteDef], look: Callable[[], Awaitable[Look]]) -> None:
        self._look = look
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes([web.get("/healthz", _alive), web.get("/readyz", self._is_ready), *routes])
        app.on_response_prepare.append(_harden)
        # No access log: addresses may hold secrets (calendar feeds), and the product logs what matters itself.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_WORDS)

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port (`port` 0 takes a free one). Raises OSError when it cannot be had."""
        logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # garbage from the network is not our fault
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        address: tuple[str, int] = self._runner.addresses[0][:2]
        return address[1]

    async def stop(self) -> None:
        """Stop listening, and close what is open."""
        await self._runner.cleanup()

    async def _is_ready(self, request: web.Request) -> web.Response:
        why, figures = await self._look()
        reasons = [{"reason": reason, "seconds": age} for reason, age in why.items()]
        state = {"ready": not reasons, "reasons": reasons, "figures": dict(figures)}
        return web.json_response(state, status=503 if reasons else 200)


async def _alive(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _harden(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "vigie"
