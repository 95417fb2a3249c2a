"""Connections to the gateway that are restored after any failure: `Client.connect` dies when the first one fails.

1. One connection for each shard of this process. A new session waits for its turn to IDENTIFY, which all processes
   share: Discord takes one in five seconds, and 1,000 a day, before it resets the token.
2. A connection that ends is resumed, with jitter; Discord then delivers the events in between. After an invalid
   session a new one begins. Failures wait, doubling, up to two minutes.
3. Only a failure that no retry can mend ends it: a wrong token (4004), sharding (4010-4012), intents (4013, 4014).
4. Sessions are stored every few seconds and at the stop: the next process resumes them.
5. A shard has one process. The one that starts last takes it over, with its session; the other stands by, and takes it
   back when that one stops, or has not renewed its lease for a minute.
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
"""Longest time in seconds to close a connection: the process has ten to stop in all."""
RESUMABLE = 4000
"""Close code that keeps the session; 1000 would end it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Waits in seconds, which tests shorten."""

    first: float = 1.0
    longest: float = 120.0
    greeting: float = 60.0
    """From the first packet to READY or RESUMED, as a gateway may answer heartbeats alone for ever."""
    between: float = 5.5
    """Between two IDENTIFY."""
    store: float = 5.0
    hold: float = 60.0
    """Lease of a shard."""
    renew: float = 15.0


@dataclass(slots=True)
class Shard:
    """A shard and its connection."""

    number: int
    session: Session | None = None
    socket: DiscordWebSocket | None = None
    failures: int = 0
    """Attempts in a row that failed."""
    held: bool = True
    """This process has the lease of the shard."""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set from READY or RESUMED to the end of the connection."""


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
        """Called with the error when only a change of settings can help."""
        self.moved: Callable[[Shard], None] = lambda _: None
        """Called with each shard that another process took over, or gave back."""
        self.odd: Callable[[], None] = lambda: None
        """Called for each packet that could not be read."""

    def start(self, numbers: Sequence[int], count: int, *, concurrency: int = 1) -> None:
        """Connect these of `count` shards, and stay connected. `concurrency`: shards that may IDENTIFY side by side."""
        self.count = count
        self._concurrency = concurrency
        self.shards = {number: Shard(number) for number in numbers}
        self._tasks = [
            asyncio.create_task(self._keep_connected(shard), name=f"discord-shard-{shard.number}")
            for shard in self.shards.values()
        ]
        self._tasks.append(asyncio.create_task(self._store_sessions(), name="discord-sessions"))
        self._tasks.append(asyncio.create_task(self._renew_leases(), name="discord-shards"))

    async def stop(self) -> None:
        """Close the connections. Sessions stay open for the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(self._close(shard) for shard in self.shards.values()))
        try:
            await self.store()
            for shard in self.shards.values():
                if shard.held:
                    await self._host.hold(self._lease_name(shard), self._owner, 0.0)
        except VigieError:
            log.exception("gateway sessions not stored")

    async def _close(self, shard: Shard) -> None:
        if shard.socket is not None:
            shard.session = session_of(shard.socket)
            with suppress(TimeoutError, aiohttp.ClientError, OSError, discord.DiscordException):
                async with asyncio.timeout(GOODBYE):
                    await shard.socket.close(code=RESUMABLE)

    def greeted(self, number: int) -> None:
        """Note that READY or RESUMED came in."""
        self._new.set()
        shard = self.shards[number]
        shard.failures = 0
        shard.up.set()

    # one shard

    async def _keep_connected(self, shard: Shard) -> None:
        await self._lease_left(shard, taking=True)
        shard.session = await self._stored_session(shard)
        while True:
            await self._wait_for_lease(shard)
            try:
                await self._run_connection(shard)
            except ReconnectWebSocket as why:
                shard.session = _find_resumable(shard) if why.resume else None
            except discord.ConnectionClosed as why:
                shard.session = _find_resumable(shard)
                if why.code in FATAL:
                    self._end(ConfigurationError(FATAL[why.code], code=str(why.code)))
                    return
            except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError) as why:
                shard.session = _find_resumable(shard)
                log.warning("gateway lost", shard=shard.number, why=type(why).__name__)
            except Exception:
                log.exception("gateway failed", shard=shard.number)
                shard.session = _find_resumable(shard)
            shard.socket = None
            shard.up.clear()
            await self._pause(shard)

    # one process a shard

    async def _lease_left(self, shard: Shard, *, taking: bool = False) -> float:
        """Return the seconds of another process's lease: 0 if it is ours, also while the store cannot be reached."""
        try:
            return await self._host.hold(self._lease_name(shard), self._owner, self._patience.hold, taking=taking)
        except VigieError as error:
            log.warning("shard not held", shard=shard.number, error=error.key)
            return 0.0

    async def _wait_for_lease(self, shard: Shard) -> None:
        """Wait while another process has the shard, then take over its session."""
        while (left := await self._lease_left(shard)) > 0:
            if shard.held:
                self._mark_held(shard, held=False)
            await asyncio.sleep(min(left, self._patience.renew))
        if not shard.held:
            shard.session = await self._stored_session(shard)
            self._mark_held(shard, held=True)

    def _mark_held(self, shard: Shard, *, held: bool) -> None:
        shard.held = held
        log.info("shard taken back" if held else "another process took the shard", shard=shard.number)
        self.moved(shard)

    async def _renew_leases(self) -> None:
        """Renew the leases of our shards; close those that another process took over."""
        while True:
            await asyncio.sleep(self._patience.renew)
            for shard in self.shards.values():
                if shard.socket is not None and await self._lease_left(shard) > 0:
                    await self._close(shard)

    def _lease_name(self, shard: Shard) -> str:
        return f"holder.{shard.number}.{self.count}"

    # its connections

    async def _pause(self, shard: Shard) -> None:
        """Wait before the next attempt, longer after each failure."""
        shard.failures += 1
        await asyncio.sleep(compute_delay(shard.failures, self._patience.first, self._patience.longest, jitter=0.8))

    async def _run_connection(self, shard: Shard) -> None:
        """Run a connection until it ends in one of discord.py's exceptions."""
        if shard.session is None:
            turn = f"identify.{shard.number % self._concurrency}"
            await asyncio.sleep(await self._host.turn(turn, self._patience.between))
        try:
            async with asyncio.timeout(self._patience.greeting):
                shard.socket = await connect(self._client, shard.number, self.count, shard.session)
                while not shard.up.is_set():
                    await self._read_packet(shard.number, shard.socket)
        except TimeoutError:
            await self._close(shard)
            raise
        while True:
            await self._read_packet(shard.number, shard.socket)

    async def _read_packet(self, number: int, socket: DiscordWebSocket) -> None:
        """Read a packet."""
        try:
            await socket.poll_event()
        except (LookupError, TypeError, ValueError, AttributeError):  # a malformed packet; the next may be fine
            self.odd()
            log.warning("gateway sent something odd", shard=number)

    def _end(self, error: VigieError) -> None:
        log.critical("gateway ended", why=error.key)
        self.ended(error)

    # sessions over a restart

    def _session_name(self, shard: Shard) -> str:
        return f"session.{shard.number}.{self.count}"

    async def _stored_session(self, shard: Shard) -> Session | None:
        try:
            return Session(**json.loads(await self._host.recall(self._session_name(shard)) or "null"))
        except (TypeError, ValueError, VigieError):
            return None

    async def _store_sessions(self) -> None:
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
        """Store the sessions that changed since the last time."""
        now = {}
        held = [shard for shard in self.shards.values() if shard.held]
        for shard in held:
            session = session_of(shard.socket) if shard.socket is not None else shard.session
            now[self._session_name(shard)] = json.dumps(asdict(session) if session else None)
        changed = {name: value for name, value in now.items() if self._stored.get(name) != value}
        if changed:
            await self._host.remember(changed)
            self._stored |= changed


def _find_resumable(shard: Shard) -> Session | None:
    """Return the session to resume next: that of the last connection, or the one that it did not get to resume."""
    return session_of(shard.socket) if shard.socket is not None else shard.session
