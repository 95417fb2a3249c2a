"""The gateway: sessions that survive their connection, shards, heartbeats, and what goes wrong there."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

Json = dict[str, Any]
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
GUILDS, GUILD_REACTIONS, DIRECT_REACTIONS, GUILD_MESSAGES, DIRECT_MESSAGES = 1, 1 << 10, 1 << 13, 1 << 9, 1 << 12
NEEDS = {
    "GUILD_CREATE": (GUILDS, GUILDS), "GUILD_DELETE": (GUILDS, GUILDS), "GUILD_UPDATE": (GUILDS, GUILDS),
    "CHANNEL_DELETE": (GUILDS, GUILDS),
    "MESSAGE_REACTION_ADD": (GUILD_REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (GUILD_REACTIONS, DIRECT_REACTIONS),
    "MESSAGE_CREATE": (GUILD_MESSAGES, DIRECT_MESSAGES),
}  # fmt: skip
"""The intent that an event asks for, in a guild and in a direct conversation. Interactions ask for none."""


class Link:
    """One connection."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.request = request
        self.squeeze = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    async def send(self, op: int, data: Any, event: str | None = None, seq: int | None = None) -> None:
        text = json.dumps({"op": op, "d": data, "t": event, "s": seq})
        if self.squeeze is None:
            await self.socket.send_str(text)
        else:
            await self.socket.send_bytes(self.squeeze.compress(text.encode()) + self.squeeze.flush(zlib.Z_SYNC_FLUSH))

    def abort(self) -> None:
        """Cut it without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass
class Session:
    """What a client is owed, whether it is connected or not."""

    id: str
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    sent: deque[tuple[int, str, Any]] = field(default_factory=deque)
    link: Link | None = None

    def wants(self, event: str, guild: str | None) -> bool:
        number, count = self.shard
        mine = ((int(guild) >> 22) % count == number) if guild else number == 0
        needed = NEEDS.get(event)
        return mine and (needed is None or bool(self.intents & needed[0 if guild else 1]))


class Gateway:
    """All connections of one bot."""

    def __init__(self, discord: FakeDiscord) -> None:
        self._discord = discord
        self.interval = 41.25
        """Seconds between heartbeats."""
        self.advised = 1
        self.max_concurrency = 1
        self.identify_gap = 0.0
        """Seconds that two IDENTIFY of one rate-limit key must lie apart (Discord: 5); else the second is refused."""
        self.history: int | None = None
        """So many events of a session can be delivered again; None: all."""
        self.refuse = 0
        """So many connections are refused with a 503."""
        self.close_identify: list[int] = []
        """Close codes with which the next IDENTIFY are answered."""
        self.silent = False
        """A zombie: connected, but nothing comes, not even an answer to a heartbeat."""
        self.deaf = 0
        """So many IDENTIFY and RESUME are not heard, while heartbeats are answered."""
        self.sessions: dict[str, Session] = {}
        self.identified: list[tuple[float, Json]] = []
        self.resumed: list[Json] = []
        self.closed: list[int | None] = []
        """How clients closed."""
        self.links: set[Link] = set()
        self._ids = 0

    # a connection

    async def connect(self, request: web.Request) -> web.StreamResponse:
        if self.refuse > 0:
            self.refuse -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        link = Link(socket, request)
        self.links.add(link)
        session: Session | None = None
        try:
            await link.send(10, {"heartbeat_interval": int(self.interval * 1000), "_trace": []})
            async for message in socket:
                if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    session = await self._said(link, json.loads(message.data), session)
        except (ConnectionError, RuntimeError):
            pass  # cut while something was being said
        finally:
            self.links.discard(link)
            self.closed.append(socket.close_code)
            if session is not None and session.link is link:
                session.link = None
                if socket.close_code in (1000, 1001):
                    self.sessions.pop(session.id, None)
        return socket

    async def _said(self, link: Link, said: Json, session: Session | None) -> Session | None:
        if self.silent:
            return session
        if self.deaf and said["op"] in (2, 6):
            self.deaf -= 1
            return session
        match said["op"]:
            case 1:
                await link.send(11, None)
            case 2:
                return await self._identify(link, said["d"])
            case 6:
                return await self._resume(link, said["d"])
        return session

    async def _identify(self, link: Link, about: Json) -> Session | None:
        code = self._wrong(about)
        if code:
            await link.socket.close(code=code)
            return None
        shard = tuple(about.get("shard") or (0, 1))
        now = time.monotonic()
        key = shard[0] % self.max_concurrency
        last = [at for at, one in self.identified if (one.get("shard") or (0, 1))[0] % self.max_concurrency == key]
        self.identified.append((now, about))
        if last and now - last[-1] < self.identify_gap:
            await link.send(9, False)
            return None
        self._ids += 1
        session = Session(
            f"session{self._ids}",
            int(about["intents"]),
            (shard[0], shard[1]),
            sent=deque(maxlen=self.history),
            link=link,
        )
        self.sessions[session.id] = session
        await self._greet(session)
        return session

    def _wrong(self, about: Json) -> int:
        """The code that refuses an IDENTIFY; 0 when it is fine."""
        if self.close_identify:
            return self.close_identify.pop(0)
        if about.get("token", "").removeprefix("Bot ") != self._discord.token:
            return 4004
        if int(about["intents"]) & PRIVILEGED:
            return 4014
        number, count = about.get("shard") or (0, 1)
        if not 0 <= number < count:
            return 4010
        return 4011 if count < self.advised else 0

    async def _greet(self, session: Session) -> None:
        from tests.fakes.discord.server import BOT

        number, count = session.shard
        mine = {id_: one for id_, one in self._discord.guilds.items() if (int(id_) >> 22) % count == number}
        ready = {
            "v": 10, "user": self._discord.users[BOT] | {"verified": True, "mfa_enabled": False, "email": None},
            "guilds": [{"id": id_, "unavailable": True} for id_ in mine], "session_id": session.id,
            "resume_gateway_url": self._discord.gateway_url, "shard": list(session.shard), "private_channels": [],
            "application": {"id": BOT, "flags": 0}, "session_type": "normal", "relationships": [],
        }  # fmt: skip
        await self._owe(session, "READY", ready)
        for guild in mine.values():
            if not guild.unavailable and session.intents & GUILDS:
                await self._owe(session, "GUILD_CREATE", guild.created() | {"unavailable": False})

    async def _resume(self, link: Link, about: Json) -> Session | None:
        self.resumed.append(about)
        session = self.sessions.get(about["session_id"])
        if session is None or about["token"].removeprefix("Bot ") != self._discord.token:
            await link.send(9, False)
            return None
        session.link = link
        session.seq += 1
        missed = [one for one in session.sent if one[0] > int(about["seq"] or 0)]
        try:
            for seq, event, data in [*missed, (session.seq, "RESUMED", {"_trace": []})]:
                await link.send(0, data, event, seq)
        except (ConnectionError, RuntimeError):
            session.link = None  # cut again meanwhile: still owed
        return session

    # what happens

    async def dispatch(self, event: str, data: Any, guild: str | None) -> int:
        """Tell every session that wants to know; gives how many. One without a connection gets it when it resumes."""
        told = [one for one in self.sessions.values() if one.wants(event, guild)]
        for session in told:
            await self._owe(session, event, data)
        return len(told)

    async def _owe(self, session: Session, event: str, data: Any) -> None:
        session.seq += 1
        session.sent.append((session.seq, event, data))
        if session.link is not None and not self.silent:
            try:
                await session.link.send(0, data, event, session.seq)
            except (ConnectionError, RuntimeError):
                session.link = None

    # what goes wrong

    async def reconnect(self) -> None:
        """Op 7: please come again."""
        for link in list(self.links):
            await link.send(7, None)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Op 9."""
        if not resumable:
            self.sessions.clear()
        for link in list(self.links):
            await link.send(9, resumable)

    async def close(self, code: int) -> None:
        """Close every connection with a code."""
        for link in list(self.links):
            await link.socket.close(code=code)

    def cut(self) -> None:
        """Drop every connection without a word."""
        for link in list(self.links):
            link.abort()

    def forget(self) -> None:
        """No session can be resumed any more."""
        self.sessions.clear()

    @property
    def connected(self) -> list[Session]:
        return [one for one in self.sessions.values() if one.link is not None]

    async def ready(self, count: int = 1) -> None:
        """Wait until so many shards are connected. Raises TimeoutError after a minute: a process may have to start."""
        async with asyncio.timeout(60):
            while len(self.connected) < count:  # noqa: ASYNC110  # connections come and go by themselves
                await asyncio.sleep(0.005)

    async def stop(self) -> None:
        for link in list(self.links):
            link.abort()
