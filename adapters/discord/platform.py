"""Discord as a platform of the core: one bot, in as many guilds as invite it, over the gateway."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import discord
import structlog

from adapters.discord import compat, endpoints
from adapters.discord.api import TIMEOUT, Api
from adapters.discord.catchup import CatchUp
from adapters.discord.events import chosen_locale
from adapters.discord.post import EDIT_EVERY, Post
from adapters.discord.rate_limit import RATE, Gate
from adapters.discord.supervisor import Patience, Shard, Supervisor
from bot.backoff import Backoff
from bot.errors import ConfigurationError, TransportError, VigieError
from bot.platforms.first_contact import Newcomer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from datetime import datetime

    from adapters.discord.services import Host
    from bot.engine.posting import Ref
    from bot.message import Message, Reply
    from bot.platforms.missed_reactions import ReactedMessage
    from bot.ports import Address
    from bot.request import Request

log = structlog.get_logger()
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials from the settings. `shards` are those of this process; empty: all of them."""

    token: str = field(repr=False)
    api: str = ""
    gateway: str = ""
    shards: tuple[int, ...] = ()
    count: int = 0

    def __post_init__(self) -> None:
        if not self.token:
            raise ConfigurationError("discord.no_token")
        if self.shards and not all(number < self.count for number in self.shards):
            raise ConfigurationError("discord.shards", shards=list(map(str, self.shards)), count=str(self.count))


@dataclass(frozen=True, slots=True)
class Manner:
    """Rates and waits, which tests shorten."""

    rate: float = RATE
    timeout: float = TIMEOUT
    heartbeat: float = 60.0
    edit_every: float = EDIT_EVERY
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class KnownGuild:
    """The data kept of a guild."""

    id: str
    name: str
    locale: str
    """Of a Community server, which chose it; empty for any other, which Discord calls `en-US`."""


class Listener(Protocol):
    """The inbound side, which receives Discord's payloads (adapters.discord.inbound)."""

    receive: Callable[[Request], Awaitable[Reply]] | None

    async def interaction(self, data: Json) -> None:
        """Handle INTERACTION_CREATE: a command, a press, a form, or a request for choices."""
        ...

    async def reaction(self, data: Json, *, added: bool) -> None:
        """Handle MESSAGE_REACTION_ADD or MESSAGE_REACTION_REMOVE of anyone but the bot."""
        ...

    async def written(self, data: Json) -> None:
        """Handle MESSAGE_CREATE in a direct conversation."""
        ...

    async def missed(self, ref: Ref, user: str, emoji: str, *, added: bool) -> None:
        """Handle a reaction put on or taken off while no connection was up."""
        ...

    async def joined(self, guild: Json) -> None:
        """Handle GUILD_CREATE of a guild that just invited the bot."""
        ...

    async def drain(self) -> None:
        """Wait for answers in flight."""
        ...


class DiscordPlatform:
    """One bot (port: bot.ports.Platform)."""

    name = "discord"
    reconciles = True

    def __init__(
        self,
        credentials: Credentials,
        host: Host,
        inbound: Callable[[Api, Post], Listener],
        manner: Manner | None = None,
    ) -> None:
        """`inbound` makes the listener over the calls and the messages of this platform."""
        self._credentials = credentials
        self._host = host
        self._manner = manner or Manner()
        share = len(credentials.shards) / credentials.count if credentials.shards else 1.0
        self.gate = Gate(self._manner.rate, share)
        self._share = self.gate.rate
        self.client = compat.build_client(self.gate.trace(), heartbeat=self._manner.heartbeat)
        self.api = Api(self.client, timeout=self._manner.timeout)
        self._post = Post(self.api, host, edit_every=self._manner.edit_every)
        self.inbound = inbound(self.api, self._post)
        self.supervisor = Supervisor(self.client, host, self._manner.patience)
        self.supervisor.ended, self.supervisor.odd = self._end, self._count_unread
        self.supervisor.moved = self._on_moved
        self.catch_up = CatchUp(self.api, host, lambda *reaction: self.inbound.missed(*reaction[:3], added=reaction[3]))
        self.guilds: dict[str, KnownGuild] = {}
        """The guilds of the shards of this process."""
        self._greeted: dict[int, frozenset[str]] = {}
        self._listed: set[int] = set()
        """Shards that received the list of their guilds: READY has it, RESUMED does not."""
        self.odd: Callable[[], None] = lambda: None
        """Called for each event that could not be read."""
        self.declare: Callable[[], Coroutine[Any, Any, None]] | None = None
        """Keeps the slash commands declared; None where another process does it."""
        self._background: list[asyncio.Task[None]] = []
        """Tasks that `stop` cancels."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.ended: asyncio.Event = asyncio.Event()
        self.why: VigieError | None = None
        """The error that ended the platform, once `ended` is set."""

    # life

    async def start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        """Log in and connect, waiting out an outage. Raises ConfigurationError for an invalid token."""

        async def take(request: Request) -> Reply:
            self._busy += 1
            self._idle.clear()
            try:
                return await receive(request)
            finally:
                self._busy -= 1
                if not self._busy:
                    self._idle.set()

        self.inbound.receive = take
        endpoints.point(self._credentials.api, self._credentials.gateway)
        compat.listen(self.client, self._handlers(), self._count_poisoned)
        try:
            await self._open()
        except TransportError as error:
            log.warning("discord cannot be reached yet", error=error.key)
            self._background.append(asyncio.create_task(self._open_later(), name="discord-login"))
        except ConfigurationError:
            await self.api.close()
            raise
        if self.declare is not None:
            self._background.append(asyncio.create_task(self.declare(), name="discord-commands"))

    async def _open(self) -> None:
        try:
            await self.api.open(self._credentials.token)
        except discord.LoginFailure as error:
            raise ConfigurationError("discord.token", code="401") from error
        count, concurrency = self._credentials.count, 1
        about = await self.api.look("/gateway/bot")
        concurrency = int(about["session_start_limit"]["max_concurrency"])
        count = count or int(about["shards"])
        self.supervisor.start(self._credentials.shards or range(count), count, concurrency=concurrency)
        self.catch_up.start()

    async def _open_later(self) -> None:
        """Log in as soon as Discord can be reached."""
        backoff = Backoff(self._manner.patience.first, self._manner.patience.longest)
        while True:
            await asyncio.sleep(backoff.next())
            try:
                await self._open()
            except TransportError as error:
                log.warning("discord cannot be reached yet", error=error.key)
            except ConfigurationError as error:
                self._end(error)
                return
            else:
                return

    def _end(self, error: VigieError) -> None:
        log.critical("discord ended", why=error.key)
        self.why = error
        self.ended.set()

    async def stop(self) -> None:
        """Stop taking events in and finish those in flight. Sessions stay open for the next process."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.supervisor.stop()
        await self.catch_up.stop()
        await self._idle.wait()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.inbound.drain()
        await self.api.close()

    # inbound

    def routes(self) -> Sequence[Any]:
        """Return none: all events come over the gateway."""
        return ()

    def _handlers(self) -> dict[str, Callable[[Json], None]]:
        return {
            "READY": self._on_ready,
            "RESUMED": self._on_resumed,
            "GUILD_CREATE": self._on_guild,
            "GUILD_UPDATE": self._keep_guild,
            "GUILD_DELETE": self._on_guild_delete,
            "INTERACTION_CREATE": lambda data: self._run_soon(self.inbound.interaction(data)),
            "MESSAGE_CREATE": lambda data: self._run_soon(self.inbound.written(data)),
            "MESSAGE_REACTION_ADD": lambda data: self._on_reaction(data, added=True),
            "MESSAGE_REACTION_REMOVE": lambda data: self._on_reaction(data, added=False),
        }

    def _run_soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._run_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_logged(self, work: Coroutine[Any, Any, None]) -> None:
        """Run the handling of an event; log its failure, so that no event ends the platform."""
        try:
            await work
        except Exception:
            self._count_unread()
            log.exception("event not handled")

    def _count_poisoned(self, event: str) -> None:
        self._count_unread()
        log.warning("event not read", discord_event=event)

    def _count_unread(self) -> None:
        self.odd()

    def _on_ready(self, data: Json) -> None:
        number = int((data.get("shard") or [0])[0])
        self._greeted[number] = frozenset(str(guild["id"]) for guild in data["guilds"])
        self._listed.add(number)
        self.supervisor.greeted(number)
        self.catch_up.request()
        if len(self._greeted) == len(self.supervisor.shards):
            present = frozenset[str]().union(*self._greeted.values())
            self.guilds = {id_: guild for id_, guild in self.guilds.items() if id_ in present}
            self._run_soon(self.catch_up.compare_guilds(present, self._has_shard_of))

    def _shard_of(self, guild: str) -> int:
        return (int(guild) >> 22) % self.supervisor.count

    def _has_shard_of(self, guild: str) -> bool:
        """Return True if this process has the shard of a guild."""
        return self._shard_of(guild) in self.supervisor.shards

    def _has_left(self, guild: str) -> bool:
        """Return True if the bot surely left a guild: Discord counts the calls that it refuses."""
        shard = self._shard_of(guild)
        return shard in self._listed and guild not in self._greeted[shard]

    def _on_moved(self, shard: Shard) -> None:
        """Adapt to a shard that changed its process: forget its guilds, and hand over its part of the rate."""
        self._listed.discard(shard.number)
        held = sum(other.held for other in self.supervisor.shards.values())
        self.gate.rate = max(self._share * held / len(self.supervisor.shards), 1.0)

    def _on_resumed(self, data: Json) -> None:
        number = int(data["__shard_id__"])
        self.supervisor.greeted(number)
        if number not in self._greeted:  # a session of another process, which may have missed events at its end
            self._greeted[number] = frozenset()
            self.catch_up.request()

    def _on_guild(self, data: Json) -> None:
        if data.get("unavailable") is True:
            return
        guild = str(data["id"])
        before = any(guild in guilds for guilds in self._greeted.values())
        self._keep_guild(data)
        if "unavailable" not in data and not before:
            shard = self._shard_of(guild)
            self._greeted[shard] = self._greeted.get(shard, frozenset()) | {guild}
            self._run_soon(self._host.back(guild))
            self._run_soon(self.inbound.joined(data))

    def _keep_guild(self, data: Json) -> None:
        guild = str(data["id"])
        self.guilds[guild] = KnownGuild(guild, str(data["name"]), chosen_locale(data))

    def _on_guild_delete(self, data: Json) -> None:
        if data.get("unavailable") is True:  # an outage of Discord: the guild comes back
            return
        guild = str(data["id"])
        self.guilds.pop(guild, None)
        self._greeted = {number: guilds - {guild} for number, guilds in self._greeted.items()}
        self._run_soon(self._host.left(guild))

    def _on_reaction(self, data: Json, *, added: bool) -> None:
        if str(data["user_id"]) != self.api.me:
            self._run_soon(self.inbound.reaction(data, added=added))

    async def introduce(self, request: Request) -> Newcomer:
        """Look up the guild of a first contact (bot.platforms.first_contact); Discord has no time zones."""
        guild = self.guilds.get(request.team)
        if guild is None:
            try:
                self._keep_guild(await self.api.look("/guilds/{guild_id}", guild_id=request.team))
            except (TransportError, LookupError):
                return Newcomer(locale=request.locale)
            guild = self.guilds[request.team]
        return Newcomer(guild.name, guild.locale or request.locale)

    async def reconcile(self, team: str, cards: Sequence[ReactedMessage]) -> int:  # cards name their channels
        """Report the reactions missed while no connection was up; return their number."""
        return await self.catch_up.reconcile(cards)

    # outbound

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        if self._has_left(to.team):
            raise TransportError("discord.left", permanent=True)
        return await self._post.post(to, message, key)

    async def edit(self, ref: Ref, message: Message) -> None:
        await self._post.edit(ref, message)

    async def delete(self, ref: Ref) -> None:
        await self._post.delete(ref)

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        ref = await self._post.find(to, key, since)
        if ref is not None:
            self.catch_up.compare_message(ref)
        return ref

    def budget(self, seconds: float) -> int:
        return max(1, int(seconds * self.gate.rate))
