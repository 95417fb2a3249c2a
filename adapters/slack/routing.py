"""One Bolt app for all deliveries, over HTTP and over sockets; its listeners call the inbound of a workspace.

`process_before_response`: a delivery is acknowledged once it is handled, so that one that failed is delivered again.
"""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.events import TRACK, text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from slack_bolt.async_app import AsyncAck, AsyncBoltContext

    from adapters.slack.inbound import Inbound

log = structlog.get_logger()
QUIET = logging.getLogger(__name__)
"""Bolt reads SLACK_* variables by itself, and warns whoever runs Vigie that it does not need them."""
QUIET.setLevel(logging.ERROR)
Json = dict[str, Any]
ANY = re.compile(".*", re.DOTALL)

EVENTS = ("app_home_opened", "app_uninstalled", "message", "reaction_added", "reaction_removed", "tokens_revoked",
          "user_change")  # fmt: skip
"""Every event that is listened to, hence declared in the manifest (`message` as `message.im`)."""
SHORTCUTS = (TRACK,)
COMMAND = "/cm"
RETRY = "X-Slack-Retry-Num"
_INBOUND = "inbound"
"""The key under which Bolt's context carries the workspace's Inbound."""


class NotDoneError(Exception):
    """The delivery was not handled: it is not acknowledged, and Slack delivers it again."""


def build_request(body: Json, attempt: str = "") -> AsyncBoltRequest:
    """Build Bolt's request from a delivery whose origin is verified; `attempt` counts Slack's retries.

    Raises one of several errors of Bolt's for a payload of an unknown shape.
    """
    headers: dict[str, str | Sequence[str]] = {RETRY: attempt} if attempt else {}
    return AsyncBoltRequest(mode="socket_mode", body=body, headers=headers)


def build_app(find_inbound: Callable[[AsyncBoltRequest], Awaitable[Inbound | BoltResponse]]) -> AsyncApp:
    """Build Bolt's app. `find_inbound` returns the receiver of a delivery, or the response where there is none.

    The app never calls Slack: its client has no token. Signatures are verified before (adapters.slack.http).
    """

    async def route(
        request: AsyncBoltRequest,
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  # Bolt's name
    ) -> BoltResponse:
        if request.body.get("type") != "url_verification":  # belongs to no workspace
            inbound = await find_inbound(request)
            if isinstance(inbound, BoltResponse):
                return inbound
            context[_INBOUND] = inbound
        return await next()

    async def authorize(context: AsyncBoltContext, **_: Any) -> AuthorizeResult:
        inbound: Inbound = context[_INBOUND]
        return AuthorizeResult(enterprise_id=None, team_id=inbound.team, bot_user_id=inbound.bot, bot_id=inbound.bot_id)

    app = AsyncApp(
        logger=QUIET,
        client=AsyncWebClient(),
        before_authorize=route,
        authorize=authorize,
        signing_secret="",
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        process_before_response=True,
    )
    _add_listeners(app)
    app.error(_report_failure)
    return app


def read_body(response: BoltResponse) -> Json:
    """Return the acknowledgement of a response as the payload that a socket sends back."""
    body = response.body or "{}"
    return json.loads(body) if body.startswith("{") else {"text": body}


def _add_listeners(app: AsyncApp) -> None:
    async def command(ack: AsyncAck, body: Json, inbound: Inbound) -> None:
        await ack(await inbound.command(body) or "")

    async def action(ack: AsyncAck, body: Json, inbound: Inbound) -> None:
        await inbound.action(body)
        await ack()

    async def shortcut(ack: AsyncAck, body: Json, inbound: Inbound) -> None:
        await inbound.shortcut(body)
        await ack()

    async def view(ack: AsyncAck, body: Json, inbound: Inbound) -> None:
        await ack(**await inbound.submission(body))

    async def event(body: Json, request: AsyncBoltRequest, inbound: Inbound) -> None:
        """Handle a declared event; any other is acknowledged, so that Slack does not deliver it again."""
        if text(body, "event", "type") in EVENTS:
            await inbound.event(body, retried=RETRY.lower() in request.headers)

    async def options(ack: AsyncAck) -> None:
        await ack(options=[])

    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    # Bolt asks one listener after the other: what people wait for comes first.
    app.command(ANY)(command)
    app.action(ANY)(action)
    app.event(ANY)(event)
    for name in SHORTCUTS:
        app.shortcut(name)(shortcut)
    app.shortcut(ANY)(acknowledge)
    app.view_submission(ANY)(view)
    app.view_closed(ANY)(acknowledge)
    app.options(ANY)(options)


async def _report_failure(error: Exception) -> BoltResponse:
    if not isinstance(error, NotDoneError):
        log.error("slack delivery failed", exc_info=error)
    return BoltResponse(status=500, body="")
