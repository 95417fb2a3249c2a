"""Socket Mode over our own transport: the SDK's client retries a refused address for ever (python-slack-sdk#1446) and
may go on with a session that is closed (python-slack-sdk#1922).

1. Each connection attempt asks for an address of its own (`apps.connections.open`), which is good for one try.
2. A socket that Slack wants refreshed is replaced before it is closed; what it delivered is acknowledged on it.
3. Failures wait with jitter and Retry-After; a bad app token, or Socket Mode switched off, ends the transport.
4. A socket whose peer answers no ping for a while is dead (aiohttp's heartbeat).
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog

from bot.backoff import Backoff
from bot.errors import ConfigurationError, TransportError, VigieError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.slack.api import Api

log = structlog.get_logger()
Json = dict[str, Any]

FATAL = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
     "forbidden_team", "no_permission", "missing_scope", "socket_mode_not_enabled", "app_not_found"}
)  # fmt: skip
SOCKETS = 2
AT_ONCE = 50
"""Envelopes in work; more wait in the socket (back-pressure)."""
HEARTBEAT = 15.0
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
HELLO = 10.0
"""Seconds that Slack has to greet."""


class SocketMode:
    """Keeps `sockets` connections open and hands every envelope to `handle`."""

    def __init__(
        self,
        api: Api,
        handle: Callable[[Json], Awaitable[Json | None]],
        *,
        sockets: int = SOCKETS,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        """`handle` returns the payload of an envelope's acknowledgement; None: it is not acknowledged."""
        self._api = api
        self._handle = handle
        self._sockets = sockets
        self._heartbeat = heartbeat
        self._free = asyncio.Semaphore(AT_ONCE)
        self._keepers: set[asyncio.Task[None]] = set()
        self._readers: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Raises what ended the transport for good."""

    async def start(self) -> None:
        """Connect. Raises ConfigurationError when Slack says that it can never work; waits through an outage."""
        first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for number in range(self._sockets):
            self._keepers.add(asyncio.create_task(self._keep_connected(first), name=f"slack-socket-{number}"))
        await first

    async def stop(self) -> None:
        """Read no more, acknowledge the envelopes in work, close."""
        self._stopping.set()
        for task in self._keepers:
            task.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*self._readers, return_exceptions=True)
        self.ended.cancel()

    async def _keep_connected(self, first: asyncio.Future[None]) -> None:
        """Hold one connection after another; each is up before the previous one closes."""
        backoff = Backoff(FIRST_WAIT, LONGEST_WAIT, jitter=0.5)
        while not self._stopping.is_set():
            try:
                socket = await self._connect()
            except ConfigurationError as error:
                self._end_transport(first, error)
                return
            except (TransportError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                seconds = max(getattr(error, "retry_after", None) or 0.0, backoff.next())
                log.warning("slack socket refused", why=type(error).__name__, seconds=seconds)
                _settle_first(first)
                await asyncio.sleep(seconds)
                continue
            backoff.reset()
            _settle_first(first)
            stale = asyncio.Event()
            reader = asyncio.create_task(self._read_envelopes(socket, stale))
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)
            reader.add_done_callback(lambda _, event=stale: event.set())  # type: ignore[misc]
            await stale.wait()

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        try:
            opened = await self._api.call("apps.connections.open")
        except TransportError as error:
            if error.params.get("code") in FATAL:
                raise ConfigurationError("slack.app_token", code=str(error.params["code"])) from error
            raise
        socket = await self._api.session.ws_connect(
            str(opened.get("url")),
            heartbeat=self._heartbeat,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
        )
        if not await _read_hello(socket):
            await socket.close()
            raise ConnectionError
        return socket

    async def _read_envelopes(self, socket: aiohttp.ClientWebSocketResponse, stale: asyncio.Event) -> None:
        """Read envelopes until the socket closes; then wait for those in work, which are acknowledged on it."""
        tasks: set[asyncio.Task[None]] = set()
        try:
            while (message := await self._read_text(socket)) is not None:
                await self._start_envelope(socket, message, stale, tasks)
        finally:
            stale.set()
            await asyncio.gather(*tasks, return_exceptions=True)
            await socket.close()

    async def _read_text(self, socket: aiohttp.ClientWebSocketResponse) -> str | None:
        """Return the next text; None when the socket is closed or the transport stops."""
        receiving = asyncio.ensure_future(socket.receive())
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({receiving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not receiving.done():
                return None
            message = receiving.result()
            return str(message.data) if message.type is aiohttp.WSMsgType.TEXT else None
        finally:
            for task in (receiving, stopping):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _start_envelope(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        message: str,
        stale: asyncio.Event,
        tasks: set[asyncio.Task[None]],
    ) -> None:
        envelope = _parse_envelope(message)
        if envelope.get("type") == "disconnect":
            if envelope.get("reason") == "link_disabled":
                self._end_transport(None, ConfigurationError("slack.socket_off"))
            stale.set()
            return
        if not isinstance(envelope.get("envelope_id"), str):
            return
        await self._free.acquire()
        task = asyncio.create_task(self._handle_envelope(socket, envelope))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _handle_envelope(self, socket: aiohttp.ClientWebSocketResponse, envelope: Json) -> None:
        """Acknowledge on the socket that delivered; Slack delivers the others again, to be de-duplicated."""
        try:
            payload = await self._handle(envelope)
            if payload is None:
                return
            answer: Json = {"envelope_id": envelope["envelope_id"]}
            await socket.send_str(json.dumps(answer | ({"payload": payload} if payload else {})))
        except (aiohttp.ClientError, ConnectionError):
            log.info("slack socket closed before an acknowledgement")
        finally:
            self._free.release()

    def _end_transport(self, first: asyncio.Future[None] | None, error: VigieError) -> None:
        """End the transport: nothing but a change of settings can help."""
        log.critical("slack socket mode ended", why=error.key)
        self._stopping.set()
        if first is not None and not first.done():
            first.set_exception(error)
        elif not self.ended.done():
            self.ended.set_exception(error)
            self.ended.exception()  # heard: whoever waits for it raises it, nobody has to


async def _read_hello(socket: aiohttp.ClientWebSocketResponse) -> bool:
    try:
        hello = await socket.receive_json(timeout=HELLO)
    except (TypeError, ValueError, TimeoutError):
        return False
    return isinstance(hello, dict) and hello.get("type") == "hello"


def _settle_first(first: asyncio.Future[None]) -> None:
    if not first.done():
        first.set_result(None)


def _parse_envelope(message: str) -> Json:
    try:
        envelope = json.loads(message)
    except ValueError:
        return {}
    return envelope if isinstance(envelope, dict) else {}
