"""The HTTP door: a delivery is let in only with Slack's signature, checked over its bytes before anything is parsed."""

from __future__ import annotations

import hmac
import json
import time
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web
from yarl import URL

from adapters.slack.app import RETRY, delivery
from adapters.slack.events import text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from adapters.slack.app import Delivery, Listener

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
    expected = hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":" + body, "sha256")
    return hmac.compare_digest(f"v0={expected.hex()}".encode(), given.encode("utf-8", "surrogateescape"))


def parsed(body: str, kind: str) -> dict[str, Any]:
    """What was delivered: JSON, or a form, of which one field may hold JSON. Raises ValueError for anything else.

    As Bolt does, whose form parser (the standard library's, in Python) costs as much as the rest of its request.
    """
    if kind == "application/json" or body.startswith("{"):
        found = json.loads(body)
    else:
        fields = dict(URL.build(query_string=body, encoded=True).query)
        found = json.loads(fields["payload"]) if "payload" in fields else fields
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004  # as what is no JSON
    return found


class Door:
    """Takes signed deliveries while it is open. The secret is never empty."""

    def __init__(self, secret: str, listening: Callable[[Delivery], Awaitable[Listener | None]]) -> None:
        """`listening` gives who takes a delivery: None while closed."""
        if not secret:
            raise ValueError("an empty signing secret lets everybody in")
        self._secret = secret
        self._listening = listening

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that the HTTP server mounts."""
        return [web.post(PATH, self.handle)]

    async def handle(self, request: web.Request) -> web.Response:
        """401 without Slack's signature, 400 for what cannot be read, 503 while closed (Slack delivers it again)."""
        body = await request.read()
        if not signed(self._secret, request.headers, body, time.time()):
            return web.Response(status=401)
        try:
            said = parsed(body.decode(), request.content_type)
            if said.get("type") == "url_verification":  # whoever set the address up; it is no workspace's
                return web.json_response({"challenge": text(said, "challenge")})
            arrived = delivery(said, request.headers.get(RETRY, ""))
        except (ValueError, TypeError, AttributeError, KeyError):
            return web.Response(status=400)
        listener = await self._listening(arrived)
        if listener is None:
            return web.Response(status=503)
        status, answer = await listener.take(arrived)
        return web.json_response(answer, status=status) if answer else web.Response(status=status)
