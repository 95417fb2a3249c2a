"""Holds the fake's state and sockets, and delivers what people do."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import socket
import time
import weakref
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.fakes.slack.api import Methods
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.installs import Installs

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
TEAM, BOT, BOT_ID = "T0ATELIER", "U0VIGIE", "B0VIGIE"
BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-made-up", "xapp-made-up", "made-up-signing-secret"
SITE = "https://atelier.slack.com/"
ACK = 3.0
STRUCTURED = {"attachments", "blocks", "files", "metadata", "view"}
"""Arguments that are JSON where the others are form fields."""
RETRIES = 3


def person(user: str, name: str, *, bot: bool = False, guest: bool = False) -> Json:
    """Build a user as users.info returns it."""
    return {
        "id": user, "name": name.lower(), "real_name": name, "tz": "Europe/Paris", "locale": "fr-FR", "is_bot": bot,
        "deleted": False, "is_restricted": guest, "is_ultra_restricted": False,
        "profile": {"real_name": name, "display_name": name},
    }  # fmt: skip


def _accept(kind: str, payload: Json) -> None:
    """Accept every message."""


class FakeSlack:
    """Stands in for one workspace with a few people and channels. `judge` is called with every message and view."""

    def __init__(self) -> None:
        self.people = {
            "U0LEA": person("U0LEA", "Léa"), "U0KARIM": person("U0KARIM", "Karim"), "U0TOM": person("U0TOM", "Tom"),
            "U0BOT": person("U0BOT", "Robot", bot=True), BOT: person(BOT, "Vigie", bot=True),
            "U0INVITE": person("U0INVITE", "Zoé", guest=True),
        }  # fmt: skip
        self.channels: dict[str, str] = {"C0EQUIPE": "equipe", "C0AUTRE": "autre"}
        self.members: dict[str, set[str]] = {"C0EQUIPE": {BOT}, "C0AUTRE": set()}
        self.installs = Installs({TEAM: "Atelier Mirabelle"}, {BOT_TOKEN: TEAM}, channels={"C0EQUIPE": TEAM})
        self.messages: dict[str, dict[str, Json]] = defaultdict(dict)
        self.private: list[Json] = []
        self.views: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.reactions: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
        self.calls: list[tuple[str, Json]] = []
        self.used: list[tuple[str, Json, str]] = []
        """Every call that was answered, with its token."""
        self.at_work = 0
        """Calls that have come in, and may still be carried out."""
        self.faults = Faults()
        self.charts = True
        """Whether curves are drawn here; False: their block is none that is known."""
        self.refuse_upgrades = 0
        self.deaf = False
        self.sockets: list[web.WebSocketResponse] = []
        self.tickets: set[str] = set()
        self.opened: list[str] = []
        self.target = ""
        self.judge: Callable[[str, Json], None] = _accept
        self.patience = ACK
        self.scopes = "chat:write,commands"
        self._listening = socket.create_server(("127.0.0.1", 0))
        weakref.finalize(self, self._listening.close)  # a fake that is never started
        self.port = int(self._listening.getsockname()[1])
        self._ids = itertools.count(1)
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._stamp = 0
        self._methods = Methods(self)
        self._closed = asyncio.Event()

    # life

    async def start(self) -> FakeSlack:
        app = web.Application()
        app.add_routes(
            [
                web.post("/api/{method}", self._handle_call),
                web.get("/link", self._handle_socket),
                web.post("/respond/{id}", self._handle_response),
                web.post("/upload/{file}", self._handle_upload),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listening).start()
        return self

    async def stop(self) -> None:
        self._closed.set()
        for link in list(self.sockets):
            await link.close()
        await self._runner.cleanup()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def fail(self, kind: Any, method: str = "", times: int = 1, **about: Any) -> None:
        self.faults.queue.append(Fault(kind, method, times, **about))

    def next(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):06}"

    def ts(self) -> str:
        """Return a message's id: Slack's clock, never twice the same."""
        self._stamp = max(self._stamp + 1, time.time_ns() // 1000)
        return f"{self._stamp // 1_000_000}.{self._stamp % 1_000_000:06}"

    def direct(self, user: str) -> str:
        """Return the direct conversation of a person with the bot."""
        channel = f"D{user[1:]}"
        self.channels[channel] = user
        self.members.setdefault(channel, {BOT})
        return channel

    def posted(self, channel: str = "C0EQUIPE") -> list[Json]:
        """Return the messages of a channel, oldest first, without those in threads."""
        messages = (self.messages[channel][ts] for ts in sorted(self.messages[channel]))
        return [message for message in messages if not message.get("thread_ts")]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """Return the replies under a message."""
        messages = (self.messages[channel][key] for key in sorted(self.messages[channel]))
        return [message for message in messages if message.get("thread_ts") == ts]

    def shown_to(self, user: str) -> list[Json]:
        """Return what only this person was shown: ephemeral answers and acknowledgements, oldest first."""
        return [message for message in self.private if message["user"] == user]

    # the Web API

    async def _handle_call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _read_arguments(request)
        self.calls.append((method, arguments))
        fault = self.faults.take(method)
        self.at_work += 1
        try:
            refused = await self._apply_fault(request, method, fault)
        finally:
            self.at_work -= 1
        if refused is not None:
            return refused
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.used.append((method, arguments, token))
        answer = self._methods.call(method, arguments, token)
        if fault and fault.kind == "reset_after":
            return _reset_connection(request)
        if fault and fault.kind == "silent":
            await self._closed.wait()
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    async def _apply_fault(self, request: web.Request, method: str, fault: Fault | None) -> web.StreamResponse | None:
        match fault.kind if fault else "":
            case "limited":
                seconds = str(fault.seconds if fault else 1)
                body = {"ok": False, "error": "ratelimited"}
                return web.json_response(body, status=429, headers={"Retry-After": seconds})
            case "server":
                return web.Response(status=503, text="upstream connect error")
            case "garbage":
                return web.Response(status=200, text="<html>", content_type="application/json")
            case "error":
                return web.json_response({"ok": False, "error": fault.code if fault else ""})
            case "reset_before":
                return _reset_connection(request)
            case "delay":
                await asyncio.sleep(fault.seconds if fault else 0)
        return None

    async def _handle_upload(self, request: web.Request) -> web.Response:
        if self.faults.take("upload"):
            return web.Response(status=500)
        self.files[request.match_info["file"]]["content"] = await request.read()
        return web.Response(text="OK")

    async def _handle_response(self, request: web.Request) -> web.Response:
        payload = await request.json()
        if not self.draws(payload):
            return web.Response(status=400, text="invalid_blocks")
        self.judge("message", payload)
        _, user, channel = request.match_info["id"].split("~")
        if payload.get("response_type") == "in_channel":
            self._methods.call("chat.postMessage", payload | {"channel": channel}, BOT_TOKEN)
        else:
            self.private.append(payload | {"user": user, "channel": channel})
        return web.Response(text="ok")

    def draws(self, payload: Json) -> bool:
        """Return whether every block of a message is known."""
        return self.charts or all(block["type"] != "data_visualization" for block in payload.get("blocks") or [])

    # Socket Mode

    async def _handle_socket(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_upgrades > 0:
            self.refuse_upgrades -= 1
            return web.Response(status=500)
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=404)
        self.tickets.discard(ticket)
        link = web.WebSocketResponse()
        await link.prepare(request)
        await link.send_json({"type": "hello", "num_connections": len(self.sockets) + 1})
        if self.deaf:  # nothing is read: pings are not answered either, and nothing is delivered there
            await self._closed.wait()
        self.sockets.append(link)
        try:
            async for message in link:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._settle_ack(json.loads(message.data))
        finally:
            if link in self.sockets:
                self.sockets.remove(link)
        return link

    def _settle_ack(self, answer: Json) -> None:
        waiting = self._acks.get(str(answer.get("envelope_id")))
        if waiting and not waiting.done():
            waiting.set_result(answer.get("payload") or {})

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every socket to reconnect."""
        for link in list(self.sockets):
            await link.send_json({"type": "disconnect", "reason": reason})

    async def abort(self) -> None:
        """Cut every connection without a word."""
        for link in list(self.sockets):
            self.sockets.remove(link)
            transport = link._req.transport if link._req else None
            assert transport is not None
            transport.abort()

    # deliveries

    async def deliver(self, kind: str, payload: Json, *, retries: int = RETRIES, attempt: int = 0) -> Json | None:
        """Deliver, and repeat an event that is not acknowledged; return the acknowledgement, or None.

        `attempt` above 0 marks it as delivered before.
        """
        for again in range((retries if kind == "events_api" else 0) + 1):
            try:
                async with asyncio.timeout(self.patience):
                    answer = await (self._over_http if self.target else self._over_socket)(
                        kind, payload, attempt + again
                    )
            except TimeoutError:
                continue
            if answer is not None:
                return answer
        return None

    async def _over_socket(self, kind: str, payload: Json, attempt: int) -> Json | None:
        while not self.sockets:  # noqa: ASYNC110  # connections come and go by themselves
            await asyncio.sleep(0.005)
        envelope = self.next("env")
        self._acks[envelope] = asyncio.get_running_loop().create_future()
        link = self.sockets[next(self._ids) % len(self.sockets)]
        try:
            await link.send_json({"envelope_id": envelope, "type": kind, "payload": payload, "retry_attempt": attempt})
            return await self._acks[envelope]
        except ConnectionError:
            await asyncio.sleep(0.01)
            return None
        finally:
            del self._acks[envelope]

    async def _over_http(self, kind: str, payload: Json, attempt: int) -> Json | None:
        body, content = _encode_delivery(kind, payload)
        headers = self.signed(body) | {"Content-Type": content}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"}
        status, text = await self.send(body, headers)
        if status != 200:
            return None
        if text.startswith("{"):
            answer: Json = json.loads(text)
            return answer
        return {"text": text} if text else {}

    def signed(self, body: bytes, *, secret: str = SECRET, age: float = 0.0) -> dict[str, str]:
        """Return the headers of Slack's signature."""
        stamp = str(int(time.time() - age))
        digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    async def send(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """POST a delivery to the product."""
        async with aiohttp.ClientSession() as session, session.post(self.target, data=body, headers=headers) as answer:
            return answer.status, await answer.text()


def _encode_delivery(kind: str, payload: Json) -> tuple[bytes, str]:
    """Encode as Slack does: events as JSON, commands as a form, the rest as a form with one JSON field."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


async def _read_arguments(request: web.Request) -> Json:
    if request.content_type == "application/json":
        arguments: Json = await request.json()
        return arguments
    fields = {key: str(value) for key, value in (await request.post()).items()}
    return {key: json.loads(value) if key in STRUCTURED else value for key, value in fields.items()}


def _reset_connection(request: web.Request) -> web.StreamResponse:
    """Drop the connection, as a broken network does."""
    assert request.transport is not None
    request.transport.abort()
    raise asyncio.CancelledError
