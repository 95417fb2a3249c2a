"""The private touches on discord.py, all of them, each with a test against the version that is pinned.

1. `client._connection.parsers`: which events are read. Ours alone, guarded: one event of unexpected shape would end the
   client. Nothing is cached: with 10,000 guilds discord.py's own take 236 MB, ours 52.
2. `DiscordWebSocket.from_client`: one connection, resumed or new. `Client.connect` dies when the first one fails.
3. `client._async_setup_hook` (in `api`): the event loop, without the `async with` that would close it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
import yarl
from discord.gateway import DiscordWebSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import aiohttp

Json = dict[str, Any]
VERSION = "2.7.1"
"""What the touches were tried with."""
INTENTS = discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True, dm_messages=True)
"""None of them is privileged: what people write to us in private is ours to read, and nothing else."""
RATE_LIMIT_WAIT = 30.0
"""Seconds that discord.py may wait for a route's limit: longer waits are the outbox's."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a new connection, or a new process, needs to go on where the last one ended."""

    id: str
    sequence: int
    gateway: str


def made(trace: aiohttp.TraceConfig, *, heartbeat: float = 60.0) -> discord.Client:
    """discord.py's client, of which only the gateway's connection and the calls are used; it remembers nothing.

    After `heartbeat` silent seconds a connection is dead.
    """
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody expects to hear us
    return discord.Client(
        intents=INTENTS, http_trace=trace, max_ratelimit_timeout=RATE_LIMIT_WAIT, heartbeat_timeout=heartbeat,
        max_messages=None, member_cache_flags=discord.MemberCacheFlags.none(), chunk_guilds_at_startup=False,
    )  # fmt: skip


def listen(
    client: discord.Client, handlers: Mapping[str, Callable[[Json], None]], poisoned: Callable[[str], None]
) -> None:
    """Read these events and no others; one that cannot be read is told of and forgotten."""
    parsers = client._connection.parsers  # noqa: SLF001
    parsers.clear()
    for event, handle in handlers.items():
        parsers[event] = _guarded(event, handle, poisoned)


def _guarded(event: str, handle: Callable[[Json], None], poisoned: Callable[[str], None]) -> Callable[[Json], None]:
    def guarded(data: Json) -> None:
        try:
            handle(data)
        except (LookupError, TypeError, ValueError, AttributeError):
            poisoned(event)

    return guarded


async def connect(client: discord.Client, shard: int, count: int, session: Session | None) -> DiscordWebSocket:
    """A connection for one of `count` shards, that has greeted: resumed when there is a session to resume.

    Raises what discord.py raises: ConnectionClosed, ReconnectWebSocket, aiohttp.ClientError, OSError.
    """
    client._connection.shard_count = count  # noqa: SLF001
    resuming: Json = {} if session is None else {
        "session": session.id, "sequence": session.sequence, "resume": True, "gateway": yarl.URL(session.gateway),
    }  # fmt: skip
    return await DiscordWebSocket.from_client(client, initial=True, shard_id=shard, **resuming)


def session_of(socket: DiscordWebSocket) -> Session | None:
    """What can be resumed of a connection; None when there is nothing."""
    if socket.session_id is None or socket.sequence is None:
        return None
    return Session(socket.session_id, socket.sequence, str(socket.gateway))
