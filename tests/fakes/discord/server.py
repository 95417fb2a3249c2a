"""The fake's state, its life, and how a call is answered."""

from __future__ import annotations

import asyncio
import json
import socket
import weakref
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.discord import judge, payloads
from tests.fakes.discord.faults import Bucket, Fault, Faults, Pace
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.interactions import Interactions
from tests.fakes.discord.rest import ROUTES, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.made.up"
BOT = "1100000000000000001"
"""The bot's user, and its application."""
GUILD, CHANNEL, OTHER = "1200000000000000001", "1300000000000000001", "1300000000000000002"
LEA, KARIM, TOM, INES = (f"140000000000000000{n}" for n in range(1, 5))
API = "/api/v10"
UNPACED = ("POST /interactions/", "/webhooks/")
"""What is outside the 50 calls a second."""


@dataclass(frozen=True)
class Call:
    """One call that came in, and how it was answered (0: it was not)."""

    method: str
    path: str
    body: Any
    status: int = 0

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Guild:
    """A guild that the bot is in: its own object, its channels, its members by user id."""

    about: Json
    channels: dict[str, Json] = field(default_factory=dict)
    members: dict[str, Json] = field(default_factory=dict)
    roles: dict[str, Json] = field(default_factory=dict)
    unavailable: bool = False

    def created(self) -> Json:
        """As GUILD_CREATE has it."""
        return payloads.created(self.about, list(self.channels.values()), list(self.members.values()))


class FakeDiscord:
    """One bot in one guild with a few people and channels (`join` adds guilds)."""

    def __init__(self) -> None:
        self.flakes = payloads.Snowflakes()
        self.users = {BOT: payloads.user(BOT, "Vigie", bot=True)}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Json] = {}
        self.messages: dict[str, dict[str, Json]] = defaultdict(dict)
        self.reactions: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.bursts: dict[str, dict[str, list[str]]] = defaultdict(dict)
        """Super reactions, which Discord lists apart (`type=1`)."""
        self.commands: dict[str, list[Json]] = {}
        """By guild; those of everywhere under the empty name."""
        self.private: list[Json] = []
        """What only one person saw (`user`): ephemeral answers."""
        self.hidden: set[str] = set()
        """Channels that the bot cannot see (50001)."""
        self.mute: set[str] = set()
        """Channels where the bot may not speak (50013)."""
        self.closed: set[str] = set()
        """People who take no direct messages (50007)."""
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        """What Discord would have refused, in words: empty at the end of a test that does not ask for it."""
        self.judged = True
        """By Discord's own file, if that is there; a test of speed may do without."""
        self.faults = Faults()
        self.pace: Pace | None = Pace(50)
        self.bucket: Bucket | None = None
        """A limit for the messages of each channel (a new one like it for each)."""
        self.buckets: dict[str, Bucket] = {}
        self.nonce_window = 60.0
        self.nonces: dict[str, tuple[float, str, str]] = {}
        self.token = TOKEN
        self.on_call: Callable[[Call], None] = lambda _: None
        self.gateway = Gateway(self)
        self.interactions = Interactions(self)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        weakref.finalize(self, self._listening.close)  # a fake that is never started
        self.port = int(self._listening.getsockname()[1])
        self.over = asyncio.Event()
        self._furnish()

    def _furnish(self) -> None:
        for one, name in ((LEA, "Léa"), (KARIM, "Karim"), (TOM, "Tom"), (INES, "Inès")):
            self.users[one] = payloads.user(one, name)
        self.guilds[GUILD] = self.made(GUILD, "Atelier Mirabelle", {CHANNEL: "equipe", OTHER: "autre"})

    def made(self, guild: str, name: str, channels: dict[str, str], *, community: str = "") -> Guild:
        """A guild with everybody in it, owned by the first person. `community`: its locale, if it is a Community."""
        found = Guild(payloads.guild(guild, name, LEA, community=community))
        found.roles = {one["id"]: one for one in found.about["roles"]}
        for one in self.users.values():
            may = payloads.EVERYTHING if one["id"] == LEA else payloads.MEMBER_MAY
            found.members[one["id"]] = payloads.member(one, may=may)
        for channel, label in channels.items():
            found.channels[channel] = self.channels[channel] = payloads.channel(channel, guild, label)
        return found

    # life

    async def start(self) -> FakeDiscord:
        app = web.Application(client_max_size=10_000_000)
        for method, template, _ in ROUTES:
            app.router.add_route(method, API + template, self._call)
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_get("/gateway/", self.gateway.connect)
        app.router.add_route("*", "/{rest:.*}", self._nowhere)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listening, backlog=512).start()
        return self

    async def stop(self) -> None:
        """Raises AssertionError when something came in that Discord would have refused."""
        self.over.set()
        await self.gateway.stop()
        await self._runner.cleanup()
        assert self.complaints == []

    @property
    def api(self) -> str:
        """DISCORD_API_URL."""
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        """DISCORD_GATEWAY_URL."""
        return f"ws://127.0.0.1:{self.port}/gateway"

    def fail(self, kind: Any, where: str = "", times: int = 1, **about: Any) -> None:
        """Let calls fail: see :class:`Fault`. `where` is searched in `POST /channels/…`."""
        self.faults.queue.append(Fault(kind, where, times, **about))

    # what there is to see

    def posted(self, channel: str = CHANNEL) -> list[Json]:
        """The messages that stand in a channel, oldest first."""
        return sorted(self.messages[channel].values(), key=lambda one: int(one["id"]))

    def told(self, user: str) -> list[Json]:
        """What this person alone was shown in answers, oldest first."""
        return [one for one in self.private if one["user"] == user]

    def direct(self, user: str) -> str:
        """The direct conversation of a person with the bot."""
        found = next((id_ for id_, one in self.channels.items() if one.get("recipients") == [self.users[user]]), None)
        if found is None:
            found = self.flakes.next()
            self.channels[found] = payloads.direct(found, self.users[user])
        return found

    def called(self, name: str) -> list[Call]:
        """The calls whose `METHOD /path` begins so."""
        return [one for one in self.calls if one.name.startswith(name)]

    def put(self, channel: str, author: str, body: Json, *, age: float = 0.0) -> Json:
        """Let a message stand in a channel, as if it had been sent `age` seconds ago."""
        made = payloads.message(self.flakes.next(age=age), self.channels[channel], self.users[author], body)
        self.messages[channel][made["id"]] = made
        return made

    def remove(self, channel: str) -> None:
        """A channel is deleted, with all that stood in it."""
        about = self.channels.pop(channel)
        self.messages.pop(channel, None)
        if "guild_id" in about:
            self.guilds[about["guild_id"]].channels.pop(channel)

    # guilds

    async def join(self, name: str = "Autre atelier", *, community: str = "") -> str:
        """The bot is invited somewhere else; gives the guild's id. Its only channel is « general »."""
        guild = self.flakes.next()
        self.guilds[guild] = self.made(guild, name, {self.flakes.next(): "general"}, community=community)
        await self.gateway.dispatch("GUILD_CREATE", self.guilds[guild].created(), guild)
        return guild

    async def leave(self, guild: str) -> None:
        """The bot is thrown out (silently, when nobody is connected)."""
        self.guilds.pop(guild)
        await self.gateway.dispatch("GUILD_DELETE", {"id": guild}, guild)

    async def outage(self, guild: str, *, over: bool = False) -> None:
        """A guild that cannot be reached for a while, or can be again."""
        self.guilds[guild].unavailable = not over
        if over:
            again = self.guilds[guild].created() | {"unavailable": False}
            await self.gateway.dispatch("GUILD_CREATE", again, guild)
        else:
            await self.gateway.dispatch("GUILD_DELETE", {"id": guild, "unavailable": True}, guild)

    # calls

    async def _call(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        path = request.path.removeprefix(API)
        name = f"{request.method} {path}"
        fault = self.faults.take(name)
        status, answer, headers = await self._answered(request, name, body, fault)
        call = Call(request.method, path, body, status)
        self.calls.append(call)
        self.on_call(call)
        if fault and fault.kind == "silent":
            await self.over.wait()
        if fault and fault.kind in ("reset_after", "reset_before"):
            assert request.transport is not None
            request.transport.abort()
            raise asyncio.CancelledError
        return _response(status, answer, headers)

    async def _answered(self, request: web.Request, name: str, body: Any, fault: Fault | None) -> tuple[int, Any, Json]:
        refused = await self._refused(request, name, fault)
        if refused is not None:
            return refused
        if request.headers.get("Authorization") != f"Bot {self.token}" and not _tokened(name):
            return 401, {"message": "401: Unauthorized", "code": 0}, {}
        template, work = _route(request)
        try:
            self._judge(request.method, template, body)
            return *work(self, request, body), self._bucket_headers(name)
        except Problem as problem:
            return problem.status, {"message": problem.said, "code": problem.code}, {}

    def _judge(self, method: str, template: str, body: Any) -> None:
        wrong = judge.complaints(method, template, _bare(body)) if body is not None and self.judged else []
        if wrong:
            self.complain(f"{method} {template}", wrong)

    def complain(self, where: str, wrong: list[str]) -> None:
        """Refuse a body that Discord would refuse, and remember it. Raises Problem."""
        if wrong:
            self.complaints += [f"{where}: {one}" for one in wrong]
            code = next((int(one[:5]) for one in wrong if one[:5].isdigit()), 50035)
            raise Problem(400, code, "; ".join(wrong)[:500])

    async def _refused(self, request: web.Request, name: str, fault: Fault | None) -> tuple[int, Any, Json] | None:
        match fault.kind if fault else "":
            case "limited" | "limited_global":
                assert fault is not None
                return _slow_down(fault.seconds, everywhere=fault.kind == "limited_global")
            case "banned":
                return 429, "<html>error 1015</html>", {}
            case "server":
                return fault.status if fault else 503, "upstream connect error", {}
            case "error":
                assert fault is not None
                return (
                    fault.status,
                    {"message": "as asked", "code": fault.code},
                    {"Via": "1.1 google"} if fault.via else {},
                )
            case "reset_before":
                return 0, None, {}
            case "delay":
                await asyncio.sleep(fault.seconds if fault else 0)
        if self.pace and not any(one in name for one in UNPACED) and (wait := self.pace.wait()):
            return _slow_down(wait, everywhere=True)
        channel = _spoken_in(name)
        if self.bucket and channel:
            mine = self.buckets.setdefault(channel, Bucket(self.bucket.limit, self.bucket.seconds))
            if wait := mine.wait():
                return _slow_down(wait, everywhere=False)
        return None

    def _bucket_headers(self, name: str) -> Json:
        channel = _spoken_in(name)
        mine = self.buckets.get(channel)
        return mine.headers if mine else {}

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        self.complaints.append(f"unknown to this fake: {request.method} {request.path}")
        return _response(404, {"message": "404: Not Found", "code": 0}, {})


def _route(request: web.Request) -> tuple[str, Any]:
    """The path template that the OpenAPI file has, and what is to be done."""
    resource = request.match_info.route.resource
    assert resource is not None
    known = resource.canonical.removeprefix(API)
    work = next(work for method, template, work in ROUTES if (method, template) == (request.method, known))
    original = request.match_info.get("message_id") == "@original"
    return known.replace("{message_id}", "@original") if original else known, work


def _tokened(name: str) -> bool:
    """Calls that carry their token in the path."""
    return name.startswith("POST /interactions/") or "/webhooks/" in name


def _spoken_in(name: str) -> str:
    """The channel where a call sends a message; empty for any other call."""
    method, _, path = name.partition(" ")
    steps = path.split("/")
    return steps[2] if method == "POST" and steps[1] == "channels" and steps[3:] == ["messages"] else ""


def _slow_down(seconds: float, *, everywhere: bool) -> tuple[int, Any, Json]:
    scope = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"} if everywhere else {
        "X-RateLimit-Scope": "shared", "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": f"{seconds:.3f}", "X-RateLimit-Bucket": "messages",
    }  # fmt: skip
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere, "code": 0}
    return 429, body, {"Via": "1.1 google", "Retry-After": str(max(1, round(seconds)))} | scope


def _response(status: int, answer: Any, headers: Json) -> web.Response:
    """Exactly `application/json`: discord.py reads nothing else as JSON."""
    if answer is None:
        return web.Response(status=status or 204, headers=headers)
    if isinstance(answer, str):
        return web.Response(status=status, body=answer.encode(), headers={"Content-Type": "text/html"} | headers)
    content = {"Content-Type": "application/json"}
    return web.Response(status=status, body=json.dumps(answer).encode(), headers=content | headers)


def _bare(body: Any) -> Any:
    """A body without its files, which stand beside it."""
    if not isinstance(body, dict):
        return body
    inner = {"data": _bare(body["data"])} if isinstance(body.get("data"), dict) else {}
    return {key: one for key, one in body.items() if key != "files"} | inner


async def _body(request: web.Request) -> Any:
    """The JSON of a call; of one with files, its `payload_json` with (name, content) of each by number."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        said = form["payload_json"]  # of a kind of its own it is bytes
        found = json.loads(said if isinstance(said, str | bytearray) else "")
        files = {}
        for name, one in form.items():
            if isinstance(one, web.FileField):
                with one.file as file:
                    files[name.removeprefix("files[").removesuffix("]")] = (one.filename, file.read())
        if isinstance(found.get("data"), dict):  # an answer to an interaction
            return found | {"data": found["data"] | {"files": files}}
        return found | {"files": files}
    raw = await request.read()
    return json.loads(raw) if raw else None
