"""Guard of the page: right Host, right Origin (DNS rebinding, foreign pages), and the token where one is asked."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from aiohttp import web

COOKIE = "vigie"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
A_MONTH = 30 * 24 * 3600
PENALTY = 1.0
"""Seconds that a wrong token costs; wrong ones are looked at one after the other."""


def is_loopback(host: str) -> bool:
    """Return whether an address to listen on can be reached from this machine alone."""
    return host.strip("[]") in LOOPBACK


class Guard:
    """Looks at each request before anything else does. Without a token, only this machine's own names are served."""

    def __init__(self, token: str = "") -> None:
        self._token = token
        self._one_at_a_time = asyncio.Lock()

    def right_host(self, request: web.Request) -> bool:
        """Check the Host: by a name that resolves to this machine a foreign page would read us (DNS rebinding)."""
        name = urlsplit(f"//{request.host}").hostname or ""
        return bool(self._token) or name in LOOPBACK

    def right_origin(self, request: web.Request, *, required: bool) -> bool:
        """Check that our own page talks to us; `required` also refuses a request that names no origin."""
        origin = request.headers.get("Origin")
        if origin is None:
            return not required
        origin_url = urlsplit(origin)
        return origin_url.scheme in ("http", "https") and origin_url.netloc == request.host

    def is_admitted(self, request: web.Request) -> bool:
        """Return whether the request carries what the token gave (always, where there is no token)."""
        shown = request.cookies.get(COOKIE, "")
        return not self._token or hmac.compare_digest(shown.encode(), self._pass().encode())

    async def enter(self, typed: str) -> str | None:
        """Return the cookie's value for the right token; None, after a while, for a wrong one."""
        digests = [hashlib.sha256(word.encode()).digest() for word in (typed, self._token)]
        if self._token and hmac.compare_digest(*digests):
            return self._pass()
        async with self._one_at_a_time:
            await asyncio.sleep(PENALTY)
        return None

    def _pass(self) -> str:
        """Derive the cookie: it proves the token without being the token."""
        return hmac.new(self._token.encode(), b"vigie web chat", hashlib.sha256).hexdigest()
