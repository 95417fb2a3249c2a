"""Slack's Web API: one shared session, no retries of its own, and errors as ours (retries belong to the outbox)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import transport
from bot.errors import OutcomeUnknownError, RecipientGoneError, TransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

Json = dict[str, Any]
PLATFORM = "Slack"
"""The name that errors show."""

TIMEOUT = 10.0
"""Seconds for a call: well under the outbox's lease."""
CONNECT = 5.0
_TRANSIENT = frozenset(
    {"ratelimited", "rate_limited", "service_unavailable", "message_limit_exceeded", "team_added_to_org"}
)
_GONE = frozenset({"user_disabled", "user_not_found"})
_UNKNOWN = frozenset({"internal_error", "fatal_error", "request_timeout"})
"""Faults inside Slack: the call may have been carried out."""
SERVER_FAULT = 500
TOO_MANY = 429
RETRY_AFTER = 30.0
"""Seconds when Slack asks for patience without saying how much."""


class Api:
    """Calls the Web API with one token. `base` is the address of Slack or of a stand-in (SLACK_API_URL)."""

    def __init__(self, token: str, base: str, *, timeout: float = TIMEOUT, beside: Api | None = None) -> None:
        """`beside` is another Api whose session is shared and left open."""
        self._token = token
        self._beside = beside
        self.renewed: Callable[[], Awaitable[str]] | None = None
        """Returns the token before each call, where tokens rotate."""
        self.base = base if base.endswith("/") else f"{base}/"
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECT)
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self.scopes: frozenset[str] = frozenset()
        """What the token may do, as the last auth.test said."""
        self.date = ""
        """Slack's clock at that moment (an HTTP date)."""

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return the session that all connections to Slack share."""
        if self._beside is not None:
            return self._beside.session
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
            self._client = None
        return self._session

    @property
    def client(self) -> AsyncWebClient:
        """Return the SDK's client over that session, which ignores `timeout=`: the session carries its own."""
        session = self.session
        if self._client is None or self._client.session is not session:
            self._client = AsyncWebClient(self._token, base_url=self.base, session=session, retry_handlers=[])
        return self._client

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, method: str, **arguments: Any) -> Json:
        """Call a method that changes Slack. Raises TransportError; OutcomeUnknownError when it may be carried out."""
        return await self._call(method, {"json": arguments})

    async def look(self, method: str, **arguments: Any) -> Json:
        """Call a method that only reads. Raises TransportError."""
        try:
            return await self._call(method, {"data": {key: _encode_value(value) for key, value in arguments.items()}})
        except OutcomeUnknownError as error:
            raise transport.unanswered(PLATFORM, reading=True, method=method) from error

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> Json:
        if self.renewed is not None and (token := await self.renewed()) != self._token:
            self._token, self._client = token, None
        try:
            answer = await self.client.api_call(method, **arguments)
        except SlackApiError as error:
            raise _translate_error(method, error) from error
        except aiohttp.ClientConnectorError as error:  # nothing was sent
            raise transport.unreachable(PLATFORM, method=method) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise transport.unanswered(PLATFORM, method=method) from error
        if method == "auth.test":
            self.date = str(answer.headers.get("Date", ""))
            self.scopes = frozenset(str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(",")) - {""}
        return answer.data if isinstance(answer.data, dict) else {}

    async def respond(self, url: str, payload: Mapping[str, Any]) -> bool:
        """Post to a `response_url` (five times within half an hour); return False when Slack refused."""
        try:
            async with self.session.post(url, json=payload) as answer:
                return answer.status < 300  # noqa: PLR2004  # HTTP success
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False


def _encode_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _translate_error(method: str, error: SlackApiError) -> TransportError:
    """Translate Slack's error code; whether a retry can help decides the kind."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == TOO_MANY or code in {"ratelimited", "rate_limited"}:
        return transport.busy(PLATFORM, retry_after=_read_retry_after(response), method=method)
    if code in _UNKNOWN or status >= SERVER_FAULT or not code:
        return transport.unanswered(PLATFORM, method=method)
    if code in _TRANSIENT:
        return transport.busy(PLATFORM, method=method)
    if code in _GONE:
        return RecipientGoneError(method=method, code=code)
    if code == "message_not_found":
        return transport.message_gone(code=code)
    return transport.refused(PLATFORM, method=method, code=code)


def _read_retry_after(response: object) -> float:
    headers = getattr(response, "headers", None) or {}
    value = next((header for name, header in headers.items() if name.lower() == "retry-after"), None)
    value = value[0] if isinstance(value, list) else value
    try:
        return min(max(float(value), 1.0), 3600.0) if value is not None else RETRY_AFTER
    except ValueError:
        return RETRY_AFTER
