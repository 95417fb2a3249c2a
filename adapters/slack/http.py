"""Slack's deliveries over HTTP: the signature is verified over the body's bytes before anything is parsed.

Bolt's own HTTP request is not used: its parser drops every field of a form in which the word `payload` occurs, so that
a typed line with this word would be lost.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_sdk.signature import SignatureVerifier

from adapters.slack.routing import RETRY, build_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncApp

PATH = "/slack/events"
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"


def is_signed(verifier: SignatureVerifier, headers: Mapping[str, str], body: str) -> bool:
    """Return whether Slack signed this body within the last five minutes."""
    try:
        return bool(verifier.is_valid_request(body, dict(headers)))
    except (TypeError, ValueError):  # a signature that is not ASCII, a timestamp that is no number
        return False


def parse(body: str, content_type: str) -> dict[str, Any]:
    """Parse JSON, or a form, one field of which may hold JSON. Raises ValueError for anything else."""
    if content_type == "application/json" or body.startswith("{"):
        payload = json.loads(body)
    else:
        fields = dict(parse_qsl(body, keep_blank_values=True))
        payload = json.loads(fields["payload"]) if "payload" in fields else fields
    if not isinstance(payload, dict):
        raise ValueError("not an object")  # noqa: TRY004  # as for a body that is not JSON
    return payload


class HttpEndpoint:
    """Verifies, parses and dispatches deliveries to Bolt's app."""

    def __init__(self, signing_secret: str, app: AsyncApp) -> None:
        """Raises ValueError when the secret is empty: it would let everybody in."""
        if not signing_secret:
            raise ValueError("an empty signing secret lets everybody in")
        self._verifier = SignatureVerifier(signing_secret)
        self._app = app

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the HTTP server."""
        return [web.post(PATH, self._handle)]

    async def _handle(self, request: web.Request) -> web.Response:
        """Answer 401 without Slack's signature, 400 for a body that cannot be read, else what Bolt's app answers."""
        try:
            body = (await request.read()).decode()
            if not is_signed(self._verifier, request.headers, body):
                return web.Response(status=401)
            delivery = build_request(parse(body, request.content_type), request.headers.get(RETRY, ""))
        except (ValueError, TypeError, AttributeError, KeyError):
            return web.Response(status=400)
        return await to_aiohttp_response(await self._app.async_dispatch(delivery))
