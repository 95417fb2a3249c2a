"""Serves HTTP: mounts the platforms' routes, reports the product's health, and hardens every response."""

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
"""Headers of every response whose route sets no other."""


class Server:
    """Serves all routes on one port; `/healthz` says that the process lives, `/readyz` whether it works.

    `look` returns the reasons why it does not, each with its age in seconds, and the figures that are shown either way.
    """

    def __init__(self, routes: Iterable[web.AbstractRouteDef], look: Callable[[], Awaitable[Look]]) -> None:
        self._look = look
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes([web.get("/healthz", _report_alive), web.get("/readyz", self._is_ready), *routes])
        app.on_response_prepare.append(_harden_response)
        # No access log: addresses may hold secrets (calendar feeds), and the product logs what matters itself.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_WORDS)

    async def start(self, host: str, port: int) -> int:
        """Listen and return the port (`port` 0 takes a free one). Raises OSError when it is not available."""
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
        """Stop listening, and close open connections."""
        await self._runner.cleanup()

    async def _is_ready(self, request: web.Request) -> web.Response:
        why, figures = await self._look()
        reasons = [{"reason": reason, "seconds": age} for reason, age in why.items()]
        report = {"ready": not reasons, "reasons": reasons, "figures": dict(figures)}
        return web.json_response(report, status=503 if reasons else 200)


async def _report_alive(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _harden_response(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "vigie"
