"""Connections to the gateway that come back, whatever happens: `Client.connect` dies when the first one fails.

1. One connection for each shard of this process. A new session waits for its turn to IDENTIFY, which all processes
   share: Discord takes one in five seconds, and 1,000 a day, before it resets the token.
2. A connection that ends is resumed, with jitter; what happened meanwhile is delivered then. A session that is over
   begins anew. Failures wait, doubling, up to two minutes.
3. Only what no retry can mend ends it: a wrong token (4004), sharding (4010-4012), intents (4013, 4014).
4. Sessions are stored every few seconds, and when we stop: the next process goes on where this one ended.
5. A shard has one process. The one that starts last takes it over, with its session; the other stands by, and takes it
   back when that one stops, or was not heard of for a minute.
https://docs.discord.com/developers/events/gateway
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from adapters.discord.compat import Session, connect, session_of
from bot.backoff import compute_delay
from bot.errors import ConfigurationError, VigieError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.discord.services import Host

log = structlog.get_logger()

FATAL = {4004: "discord.token", 4010: "discord.sharding", 4011: "discord.sharding", 4012: "discord.version",
         4013: "discord.intents", 4014: "discord.intents"}  # fmt: skip
GOODBYE = 3.0
"""Seconds that closing may take: the process has ten to stop in all."""
RESUMABLE = 4000
"""Closing with 1000 would end the session."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. Tests are in more of a hurry."""

    first: float = 1.0
    longest: float = 120.0
    greeting: float = 60.0
    """From the first packet to READY or RESUMED: a gateway that answers heartbeats alone would hold us for ever."""
    between: float = 5.5
    """Between two IDENTIFY."""
    store: float = 5.0
    hold: float = 60.0
    """For how long a shard is ours after we last said so."""
    renew: float = 15.0


@dataclass(slots=True)
class Shard:
    """One of the connections."""

    number: int
    session: Session | None = None
    socket: DiscordWebSocket | None = None
    failures: int = 0
    """Attempts in a row that failed."""
    held: bool = True
    """It is this process that has it."""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    """Greeted by the gateway: what happens, comes in."""


class Supervisor:
    """Keeps the shards of one process connected."""

    def __init__(self, client: discord.Client, host: Host, patience: Patience | None = None) -> None:
        self._client = client
        self._host = host
        self._patience = patience or Patience()
        self._tasks: list[asyncio.Task[None]] = []
        self._owner = secrets.token_hex(8)
        self._stored: dict[str, str] = {}
        self._new = asyncio.Event()
        self.shards: dict[int, Shard] = {}
        self.count = 1
        self.ended: Callable[[VigieError], None] = lambda _: None
        """Told when nothing but a change of settings can help."""
        self.moved: Callable[[Shard], None] = lambda _: None
        """Told of each shard that another process took, or left to us."""
        self.odd: Callable[[], None] = lambda: None
        """Told of each packet that could not be read."""

    def start(self, numbers: Sequence[int], count: int, *, concurrency: int = 1) -> None:
        """Connect these of `count` shards, and stay connected. `concurrency`: shards that may IDENTIFY side by side."""
        self.count = count
        self._concurrency = concurrency
        self.shards = {number: Shard(number) for number in numbers}
        self._tasks = [
            asyncio.create_task(self._keep(shard), name=f"discord-shard-{shard.number}")
            for shard in self.shards.values()
        ]
        self._tasks.append(asyncio.create_task(self._store_often(), name="discord-sessions"))
        self._tasks.append(asyncio.create_task(self._renew_often(), name="discord-shards"))

    async def stop(self) -> None:
        """Take nothing more in. Sessions stay open for the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(self._closed(shard) for shard in self.shards.values()))
        try:
            await self.store()
            for shard in self.shards.values():
                if shard.held:
                    await self._host.hold(self._holder(shard), self._owner, 0.0)
        except VigieError:
            log.exception("gateway sessions not stored")

    async def _closed(self, shard: Shard) -> None:
        if shard.socket is not None:
            shard.session = session_of(shard.socket)
            with suppress(TimeoutError, aiohttp.ClientError, OSError, discord.DiscordException):
                async with asyncio.timeout(GOODBYE):
                    await shard.socket.close(code=RESUMABLE)

    def greeted(self, number: int) -> None:
        """READY or RESUMED came in."""
        self._new.set()
        shard = self.shards[number]
        shard.failures = 0
        shard.up.set()

    # one shard

    async def _keep(self, shard: Shard) -> None:
        await self._left(shard, taking=True)
        shard.session = await self._stored_session(shard)
        while True:
            await self._ours(shard)
            try:
                await self._live(shard)
            except ReconnectWebSocket as why:
                shard.session = _resumable(shard) if why.resume else None
            except discord.ConnectionClosed as why:
                shard.session = _resumable(shard)
                if why.code in FATAL:
                    self._end(ConfigurationError(FATAL[why.code], code=str(why.code)))
                    return
            except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError) as why:
                shard.session = _resumable(shard)
                log.warning("gateway lost", shard=shard.number, why=type(why).__name__)
            except Exception:
                log.exception("gateway failed", shard=shard.number)
                shard.session = _resumable(shard)
            shard.socket = None
            shard.up.clear()
            await self._pause(shard)

    # one process a shard

    async def _left(self, shard: Shard, *, taking: bool = False) -> float:
        """The seconds for which another process has the shard: 0 when it is ours, also while nobody can be asked."""
        try:
            return await self._host.hold(self._holder(shard), self._owner, self._patience.hold, taking=taking)
        except VigieError as error:
            log.warning("shard not held", shard=shard.number, error=error.key)
            return 0.0

    async def _ours(self, shard: Shard) -> None:
        """Wait while another process has the shard; then go on where that one ended."""
        while (left := await self._left(shard)) > 0:
            if shard.held:
                self._move(shard, held=False)
            await asyncio.sleep(min(left, self._patience.renew))
        if not shard.held:
            shard.session = await self._stored_session(shard)
            self._move(shard, held=True)

    def _move(self, shard: Shard, *, held: bool) -> None:
        shard.held = held
        log.info("shard taken back" if held else "another process took the shard", shard=shard.number)
        self.moved(shard)

    async def _renew_often(self) -> None:
        """Say that our shards are; leave those that another process took."""
        while True:
            await asyncio.sleep(self._patience.renew)
            for shard in self.shards.values():
                if shard.socket is not None and await self._left(shard) > 0:
                    await self._closed(shard)

    def _holder(self, shard: Shard) -> str:
        return f"holder.{shard.number}.{self.count}"

    # its connections

    async def _pause(self, shard: Shard) -> None:
        """Wait before the next attempt; one after another, longer."""
        shard.failures += 1
        await asyncio.sleep(compute_delay(shard.failures, self._patience.first, self._patience.longest, jitter=0.8))

    async def _live(self, shard: Shard) -> None:
        """One connection, until it ends in one of discord.py's exceptions."""
        if shard.session is None:
            turn = f"identify.{shard.number % self._concurrency}"
            await asyncio.sleep(await self._host.turn(turn, self._patience.between))
        try:
            async with asyncio.timeout(self._patience.greeting):
                shard.socket = await connect(self._client, shard.number, self.count, shard.session)
                while not shard.up.is_set():
                    await self._hear(shard.number, shard.socket)
        except TimeoutError:
            await self._closed(shard)
            raise
        while True:
            await self._hear(shard.number, shard.socket)

    async def _hear(self, number: int, socket: DiscordWebSocket) -> None:
        """One packet."""
        try:
            await socket.poll_event()
        except (LookupError, TypeError, ValueError, AttributeError):  # a packet that is none; the next may be one
            self.odd()
            log.warning("gateway sent something odd", shard=number)

    def _end(self, error: VigieError) -> None:
        log.critical("gateway ended", why=error.key)
        self.ended(error)

    # sessions over a restart

    def _name(self, shard: Shard) -> str:
        return f"session.{shard.number}.{self.count}"

    async def _stored_session(self, shard: Shard) -> Session | None:
        try:
            return Session(**json.loads(await self._host.recall(self._name(shard)) or "null"))
        except (TypeError, ValueError, VigieError):
            return None

    async def _store_often(self) -> None:
        while True:
            with suppress(TimeoutError):  # a new session is kept at once: a kill leaves no time for it later
                async with asyncio.timeout(self._patience.store):  # wait_for of Python 3.11 may swallow a stop
                    await self._new.wait()
            self._new.clear()
            try:
                await self.store()
            except VigieError as error:
                log.warning("gateway sessions not stored", error=error.key)

    async def store(self) -> None:
        """Remember what has changed since the last time."""
        now = {}
        for shard in (one for one in self.shards.values() if one.held):
            session = session_of(shard.socket) if shard.socket is not None else shard.session
            now[self._name(shard)] = json.dumps(asdict(session) if session else None)
        changed = {name: value for name, value in now.items() if self._stored.get(name) != value}
        if changed:
            await self._host.remember(changed)
            self._stored |= changed


def _resumable(shard: Shard) -> Session | None:
    """What the next connection can resume: the last one's session, or the one that it did not get to resume."""
    return session_of(shard.socket) if shard.socket is not None else shard.session
