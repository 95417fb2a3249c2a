"""Which of Slack's deliveries goes where: typed lines to the desk, everything else through Bolt, whose routes are thin.

`process_before_response`: a delivery is acknowledged once it is handled, so that one that failed is delivered again.
"""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.request.payload_utils import is_slash_command
from slack_bolt.response import BoltResponse

from adapters.slack.events import TRACK, text

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class Delivery(NamedTuple):
    """What Slack sent, parsed and let in. `request`: the same as Bolt reads it, None of a typed line."""

    body: Json
    request: AsyncBoltRequest | None


class Answer(NamedTuple):
    """An HTTP status, and what is acknowledged."""

    status: int
    body: Json


class NotDoneError(Exception):
    """The delivery was not handled: it is not acknowledged, and Slack delivers it again."""


def delivery(body: Json, attempt: str = "") -> Delivery:
    """What came over a socket or through the door; `attempt` counts its retries.

    A payload of a wild shape raises one of several errors of Bolt's.
    """
    if is_slash_command(body):
        return Delivery(body, None)
    headers: dict[str, str | Sequence[str]] = {RETRY: attempt} if attempt else {}
    return Delivery(body, AsyncBoltRequest(mode="socket_mode", body=body, headers=headers))


class Listener:
    """Takes one workspace's deliveries. The desk itself sees to it that a typed line is its workspace's, and needs
    nothing that Bolt would have found out before: a twelfth of all that such a line cost (ADR 0013).
    """

    def __init__(self, client: AsyncWebClient, desk: Desk) -> None:
        self._app = _built(client, desk)
        self._desk = desk

    async def take(self, delivery: Delivery) -> Answer:
        """Handle it. A status of 500 or more: it was not done, and is not acknowledged."""
        if delivery.request is not None:
            answer = await self._app.async_dispatch(delivery.request)
            return Answer(answer.status, _json(answer.body))
        try:
            return Answer(200, await self._desk.command(delivery.body))
        except Exception as error:  # noqa: BLE001  # as Bolt's own listeners' are
            return Answer((await _failed(error)).status, {})


def _built(client: AsyncWebClient, desk: Desk) -> AsyncApp:
    """Bolt's app over a client. Signatures are checked by our own door (adapters.slack.door), before it is parsed."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=desk.team, bot_user_id=desk.bot, bot_id=desk.bot_id, bot_token=client.token
        )

    app = AsyncApp(
        logger=QUIET,
        client=type(client)(None, base_url=client.base_url, session=client.session, retry_handlers=[]),
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


def _json(body: str | None) -> Json:
    try:
        found = json.loads(body or "{}")
    except ValueError:
        return {"text": body}
    return found if isinstance(found, dict) else {}
