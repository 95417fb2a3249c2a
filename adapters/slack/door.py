"""The HTTP door: a delivery is let in only with Slack's signature, checked over its bytes before anything is parsed."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncApp

log = structlog.get_logger()
PATH = "/slack/events"
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
OLDEST = 300
"""Seconds after which a signed delivery may be a replay."""
DIGITS = 12


def signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed these bytes within the last five minutes."""
    stamp, given = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= DIGITS) or abs(now - int(stamp)) > OLDEST:
        return False
    expected = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}".encode(), given.encode("utf-8", "surrogateescape"))


class Door:
    """Takes signed deliveries while it is open. The secret is never empty."""

    def __init__(self, secret: str, app: Callable[[AsyncBoltRequest], Awaitable[AsyncApp | None]]) -> None:
        """`app` takes a delivery: None while closed."""
        if not secret:
            raise ValueError("an empty signing secret lets everybody in")
        self._secret = secret
        self._app = app

    def routes(self) -> list[web.RouteDef]:
        """What the one HTTP server mounts."""
        return [web.post(PATH, self.handle)]

    async def handle(self, request: web.Request) -> web.Response:
        """401 without Slack's signature, 400 for what cannot be read, 503 while closed (Slack delivers it again)."""
        body = await request.read()
        if not signed(self._secret, request.headers, body, time.time()):
            return web.Response(status=401)
        try:
            delivery = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
            readable = isinstance(delivery.body, dict)
        except (ValueError, TypeError, AttributeError, KeyError):
            readable = False
        if not readable:
            return web.Response(status=400)
        app = await self._app(delivery)
        if app is None:
            return web.Response(status=503)
        answer = await app.async_dispatch(delivery)
        # Bolt's own adapter reads cookies and types anew; ours are always text, and none of our answers sets a cookie.
        return web.Response(
            status=answer.status, body=answer.body.encode(), headers=answer.first_headers_without_set_cookie()
        )
