"""The Bolt app: which of Slack's deliveries goes to which desk. Routes are thin; everything else is acknowledged.

`process_before_response`: a delivery is acknowledged once it is handled, so that one that failed is delivered again.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.request.payload_utils import is_slash_command
from slack_bolt.response import BoltResponse

from adapters.slack.events import TRACK, text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from slack_bolt.async_app import AsyncAck
    from slack_sdk.web.async_client import AsyncWebClient

    from adapters.slack.desk import Desk

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


def delivery(body: Json, attempt: str = "") -> AsyncBoltRequest:
    """What Slack sent, parsed and let in, over a socket or through the door; `attempt` counts its retries.

    A payload of a wild shape raises one of several errors of Bolt's.
    """
    headers: dict[str, str | Sequence[str]] = {RETRY: attempt} if attempt else {}
    return AsyncBoltRequest(mode="socket_mode", body=body, headers=headers)


class NotDoneError(Exception):
    """The delivery was not handled: it is not acknowledged, and Slack delivers it again."""


class _Typed(AsyncMiddleware):
    """Answers typed lines, each of which would cost Bolt's listeners 50 µs more: the arguments for any kind of listener
    are put together to ask whether it listens, and once more to call it. No line needs a token: the desk itself sees to
    it that it is its workspace's.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  # Bolt's
    ) -> BoltResponse | None:
        if is_slash_command(req.body):
            return BoltResponse(status=200, body=await self._desk.command(req.body) or "")
        return await next()


class _App(AsyncApp):
    """Bolt makes a client for each request, lest a listener's token be taken for another's. Ours are one workspace's,
    and their client is the desk's: 20 µs of each request.
    """

    def _init_context(self, req: AsyncBoltRequest) -> None:
        req.context.update(logger=self.logger, token=None, client=self.client, listener_runner=self.listener_runner)


def build_app(client: AsyncWebClient, desk: Desk) -> AsyncApp:
    """The app over a client. Signatures are checked by our own door (adapters.slack.door), before a body is parsed."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=desk.team, bot_user_id=desk.bot, bot_id=desk.bot_id, bot_token=client.token
        )

    app = _App(
        logger=QUIET,
        client=type(client)(None, base_url=client.base_url, session=client.session, retry_handlers=[]),
        before_authorize=_Typed(desk),
        authorize=authorize,
        signing_secret="",
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        process_before_response=True,
    )
    _listen(app, desk)
    app.error(_failed)
    return app


def _listen(app: AsyncApp, desk: Desk) -> None:
    async def action(ack: AsyncAck, body: Json) -> None:
        await desk.action(body)
        await ack()

    async def shortcut(ack: AsyncAck, body: Json) -> None:
        await desk.shortcut(body)
        await ack()

    async def view(ack: AsyncAck, body: Json) -> None:
        await ack(**await desk.submission(body))

    async def event(body: Json, request: Any) -> None:
        """One that nobody asked for is acknowledged, so that Slack does not deliver it again."""
        if text(body, "event", "type") in EVENTS:
            await desk.event(body, retried=RETRY.lower() in request.headers)

    async def empty(ack: AsyncAck) -> None:
        await ack(options=[])

    async def nothing(ack: AsyncAck) -> None:
        await ack()

    # Bolt asks one listener after the other, at 10 µs each: what is waited for comes first, and events share one.
    app.action(ANY)(action)
    app.event(ANY)(event)
    for name in SHORTCUTS:
        app.shortcut(name)(shortcut)
    app.shortcut(ANY)(nothing)
    app.view_submission(ANY)(view)
    app.view_closed(ANY)(nothing)
    app.options(ANY)(empty)


async def _failed(error: Exception) -> BoltResponse:
    if not isinstance(error, NotDoneError):
        log.error("slack delivery failed", exc_info=error)
    return BoltResponse(status=500, body="")
