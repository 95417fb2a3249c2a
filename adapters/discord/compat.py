"""Every use of discord.py's private parts, each tested against the pinned version.

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
"""The version of discord.py that these uses were tested with."""
INTENTS = discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True, dm_messages=True)
"""None of them is privileged: the bot reads direct messages to itself, and no other text."""
RATE_LIMIT_WAIT = 30.0
"""Longest time in seconds that discord.py waits for the limit of a route; the outbox handles longer waits."""


@dataclass(frozen=True, slots=True)
class Session:
    """The data with which a new connection, or a new process, resumes a gateway session."""

    id: str
    sequence: int
    gateway: str


def build_client(trace: aiohttp.TraceConfig, *, heartbeat: float = 60.0) -> discord.Client:
    """Build discord.py's client without any cache: only its gateway connection and its calls are used.

    A connection that is silent for `heartbeat` seconds counts as dead.
    """
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot has no voice
    return discord.Client(
        intents=INTENTS, http_trace=trace, max_ratelimit_timeout=RATE_LIMIT_WAIT, heartbeat_timeout=heartbeat,
        max_messages=None, member_cache_flags=discord.MemberCacheFlags.none(), chunk_guilds_at_startup=False,
    )  # fmt: skip


def listen(
    client: discord.Client, handlers: Mapping[str, Callable[[Json], None]], poisoned: Callable[[str], None]
) -> None:
    """Handle these events and no others; an event of unexpected shape is reported to `poisoned` and dropped."""
    parsers = client._connection.parsers  # noqa: SLF001
    parsers.clear()
    for event, handle in handlers.items():
        parsers[event] = _guard(event, handle, poisoned)


def _guard(event: str, handle: Callable[[Json], None], poisoned: Callable[[str], None]) -> Callable[[Json], None]:
    def guarded(data: Json) -> None:
        try:
            handle(data)
        except (LookupError, TypeError, ValueError, AttributeError):
            poisoned(event)

    return guarded


async def connect(client: discord.Client, shard: int, count: int, session: Session | None) -> DiscordWebSocket:
    """Open a connection for one of `count` shards and wait for HELLO; resume the session if there is one.

    Raises what discord.py raises: ConnectionClosed, ReconnectWebSocket, aiohttp.ClientError, OSError.
    """
    client._connection.shard_count = count  # noqa: SLF001
    resuming: Json = {} if session is None else {
        "session": session.id, "sequence": session.sequence, "resume": True, "gateway": yarl.URL(session.gateway),
    }  # fmt: skip
    return await DiscordWebSocket.from_client(client, initial=True, shard_id=shard, **resuming)


def session_of(socket: DiscordWebSocket) -> Session | None:
    """Return the session of a connection; None when it has none to resume."""
    if socket.session_id is None or socket.sequence is None:
        return None
    return Session(socket.session_id, socket.sequence, str(socket.gateway))
