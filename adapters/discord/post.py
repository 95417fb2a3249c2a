"""What we say in Discord: once for a key, known again by it, and not more often than Discord bears.

1. A message carries a nonce made of its channel and its key: sent again within a minute, it is the first one that comes
   back. Beyond that it is searched for, by the key that one of its components carries.
2. Who takes no direct messages is spoken to in the team's channel, by name.
3. A message is edited three times at will, then once in twenty seconds: older ones have a hidden limit (code 30046).
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache, TTLCache

from adapters.discord.api import PLATFORM
from adapters.discord.custom_id import read
from adapters.discord.render import every, fallback, key_of, mentioned, render, single
from bot import transport
from bot.engine.posting import Ref
from bot.errors import TransportError
from bot.ids import ALPHABET

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from adapters.discord.api import Api
    from adapters.discord.custom_id import Mark
    from adapters.discord.render import Drawn
    from adapters.discord.services import Host
    from bot.i18n import Language
    from bot.message import Message
    from bot.ports import Address

Json = dict[str, Any]

REMEMBERED = 300.0
"""Seconds for which a key's message is known without asking (the contract asks for a minute)."""
SKEW = 300.0
"""Seconds by which our clock and Discord's may differ."""
HISTORY = 100
EPOCH = 1_420_070_400_000
EDIT_EVERY = 20.0
EDITS_AT_WILL = 3
ORIGINS = 5000
"""Messages of which it is known what they were posted for."""
POSTED = 20_000
"""Keys that are remembered: more than leave within REMEMBERED."""
CLOSED = frozenset({50007, 50278})
"""This person takes no direct messages from us."""
NO_SUCH_CHANNEL, UNREADABLE, GONE = 10003, 50035, 10008
_SEND = "/channels/{channel_id}/messages"
_ONE = "/channels/{channel_id}/messages/{message_id}"


def nonce(channel: str, key: str) -> str:
    """22 characters that stand for a key in a channel, always the same (Discord takes 25)."""
    value = int.from_bytes(hashlib.blake2b(f"{channel}:{key}".encode(), digest_size=16).digest())
    digits = []
    for _ in range(22):
        value, digit = divmod(value, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(digits)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a message was posted for: its components say it again at each edit."""

    team: str
    key: str
    direct: bool
    """In a direct conversation Discord does not say the guild: the components do."""
    aloud: bool = False
    """It only says that there is something private: an edit would tell what."""

    def drawn(self, message: Message, accounts: Mapping[str, str], language: Language) -> Drawn:
        """The message, as it is sent and edited."""
        team = self.team if self.direct else ""
        return single(render(message, accounts, team=team, key=self.key, language=language))


class Post:
    """Messages of all guilds that the bot is in."""

    def __init__(self, api: Api, host: Host, *, edit_every: float = EDIT_EVERY) -> None:
        self._api = api
        self._host = host
        self._accounts: dict[str, str] = {}
        self._languages: dict[str, Language] = {}
        self._direct: dict[str, str] = {}
        self._origins: LRUCache[Ref, Origin] = LRUCache(ORIGINS)
        self._guilds: dict[str, str] = {}
        self._posted: TTLCache[tuple[str, str], Ref] = TTLCache(POSTED, REMEMBERED)
        self._busy: dict[tuple[Address, str], asyncio.Lock] = {}
        self._edits = Edits(edit_every)

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]:
        """The Discord ids of these members; an account never changes hands, so each is asked once."""
        unknown = {one for one in members if one not in self._accounts}
        if unknown:
            self._accounts |= await self._host.accounts(team, unknown)
        return self._accounts

    async def _language(self, team: str) -> Language:
        """A team's; it names no more than a command, and is asked once."""
        if team not in self._languages:
            self._languages[team] = await self._host.language(team)
        return self._languages[team]

    async def post(self, to: Address, message: Message, key: str) -> Ref:
        """Post once for a key within some minutes, however often it is called, also at the same time."""
        lock = self._busy.setdefault((to, key), asyncio.Lock())
        async with lock:
            try:
                return await self._once(to, message, key)
            finally:
                self._busy.pop((to, key), None)

    async def _once(self, to: Address, message: Message, key: str) -> Ref:
        channel = await self.channel(to)
        known = self._posted.get((channel, key))
        if known:
            return known
        try:
            return await self._send(to, channel, message, key)
        except TransportError as error:
            if to.member is None:
                raise
            match error.params.get("code"):
                case code if code == NO_SUCH_CHANNEL:  # the conversation that we remembered is no more
                    return await self._send(to, await self._opened(to.member), message, key)
                case code if code in CLOSED:
                    return await self._aloud(to, key, error)
            raise

    async def _aloud(self, to: Address, key: str, closed: TransportError) -> Ref:
        """In the team's channel, to this person: that there is something for them, not what."""
        home = await self._host.home(to.team)
        if home is None:
            raise closed
        mine = _aloud_key(to, key)
        known = self._posted.get((home, mine))
        return known or await self._send(to, home, await self._host.beckon(to.team), mine, to_whom=to.member or "")

    async def _send(self, to: Address, channel: str, message: Message, key: str, *, to_whom: str = "") -> Ref:
        accounts = await self.accounts(to.team, mentioned(message))
        origin = Origin(to.team, key, direct=to.member is not None, aloud=bool(to_whom))
        drawn = origin.drawn(message, accounts, await self._language(to.team))
        body = _called(drawn.payload(), to_whom) if to_whom else drawn.payload()
        name = nonce(channel, key)
        once = {"nonce": name, "enforce_nonce": True}
        try:
            said = await self._api.send("POST", _SEND, body | once, drawn.files, channel_id=channel)
        except TransportError as error:
            match error.params.get("code"):
                case code if code == GONE:  # it had come through, and somebody took it away since
                    return self._remember(channel, key, Ref(channel, name))
                case code if code == UNREADABLE:
                    plain = fallback(message, accounts) | once
                    said = await self._api.call("POST", _SEND, plain, channel_id=channel)
                case _:
                    raise
        ref = self._remember(channel, key, Ref(channel, str(said["id"])))
        self._origins[ref] = origin
        return ref

    def _remember(self, channel: str, key: str, ref: Ref) -> Ref:
        self._posted[channel, key] = ref
        return ref

    async def edit(self, ref: Ref, message: Message) -> None:
        """Raises TransportError; one that asks for patience when the message was edited too often just now."""
        self._edits.take(ref)
        where = _named(ref)
        origin = await self._origin(ref, where)
        if origin.aloud:
            return
        accounts = await self.accounts(origin.team, mentioned(message))
        drawn = origin.drawn(message, accounts, await self._language(origin.team))
        try:
            await self._api.send("PATCH", _ONE, drawn.payload(), drawn.files, **where)
        except TransportError as error:
            if error.params.get("code") != UNREADABLE:
                raise
            await self._api.call("PATCH", _ONE, fallback(message, accounts), **where)

    async def team(self, ref: Ref) -> str:
        """The guild that a message is for; empty when nobody can say. Raises TransportError."""
        return (await self._origin(ref, _named(ref))).team

    async def speaking(self, channel: str) -> str:
        """The guild of the last message of ours in a direct conversation; empty when there is none."""
        try:
            page = await self._api.look(_SEND, {"limit": HISTORY}, channel_id=channel)
        except TransportError:
            return ""
        mine = (one for one in page if one["author"]["id"] == self._api.me)  # the newest first
        return next((mark.team for one in mine for mark in marks_of(one) if mark.team), "")

    async def _origin(self, ref: Ref, where: Mapping[str, str]) -> Origin:
        """Where a message came from: after a restart, Discord says it."""
        if ref not in self._origins:
            guild = self._guilds.get(ref.channel)
            if guild is None:
                about = await self._api.look("/channels/{channel_id}", channel_id=ref.channel)
                guild = self._guilds[ref.channel] = str(about.get("guild_id") or "")
            one = await self._api.look(_ONE, **where)
            team = next((mark.team for mark in marks_of(one) if mark.team), "")
            aloud = bool(guild and team)  # only what is private names its team
            self._origins[ref] = Origin(guild or team, key_of(one), direct=not guild or aloud, aloud=aloud)
        return self._origins[ref]

    async def delete(self, ref: Ref) -> None:
        for key in [key for key, posted in self._posted.items() if posted == ref]:
            self._posted.pop(key, None)
        try:
            await self._api.call("DELETE", _ONE, **_named(ref))
        except TransportError as error:
            if error.key != "transport.message_gone":
                raise

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        """The message with that key on it. Raises TransportError when Discord does not let us look."""
        places = [(await self.channel(to), key)]
        if to.member is not None and (home := await self._host.home(to.team)):
            places.append((home, _aloud_key(to, key)))
        for channel, name in places:
            found = self._posted.get((channel, name)) or await self._search(channel, name, since)
            if found is not None:
                return found
        return None

    async def _search(self, channel: str, key: str, since: datetime) -> Ref | None:
        after = _snowflake(since)
        while True:
            page = await self._api.look(_SEND, {"after": after, "limit": HISTORY}, channel_id=channel)
            mine = (one for one in page if one["author"]["id"] == self._api.me and key_of(one) == key)
            found = next(mine, None)
            if found is not None:
                return Ref(channel, str(found["id"]))
            if len(page) < HISTORY:
                return None
            after = max(int(one["id"]) for one in page)

    async def channel(self, to: Address) -> str:
        """The conversation of an address."""
        if to.channel:
            return to.channel
        member = to.member or ""
        if member not in self._direct:
            stored = await self._host.recall(f"direct.{member}")
            if stored is None:
                return await self._opened(member)
            self._direct[member] = stored
        return self._direct[member]

    async def _opened(self, member: str) -> str:
        opened = await self._api.call("POST", "/users/@me/channels", {"recipient_id": member})
        self._direct[member] = str(opened["id"])
        await self._host.remember({f"direct.{member}": self._direct[member]})
        return self._direct[member]


class Edits:
    """How often each message may still be edited: some times at will, then once in a while."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._until: LRUCache[Ref, float] = LRUCache(ORIGINS)

    def take(self, ref: Ref) -> None:
        """Count one edit. Raises TransportError, with the seconds to wait, when there were too many."""
        now = time.monotonic()
        until = max(self._until.get(ref, now), now) + self._every
        over = until - now - EDITS_AT_WILL * self._every
        if over > 0:
            raise transport.busy(PLATFORM, retry_after=over, method="PATCH")
        self._until[ref] = until


def _aloud_key(to: Address, key: str) -> str:
    """What a private message is known by where it is said aloud: never what a message for the channel is known by."""
    return nonce(to.member or "", key)


def marks_of(message: Json) -> Iterator[Mark]:
    """What the components of a message carry."""
    for one in every(message.get("components") or []):
        mark = read(one.get("custom_id") or "")
        if mark is not None:
            yield mark


def _called(drawn: Json, person: str) -> Json:
    """The body with the person's name above, who is told of it."""
    above = {"type": 10, "content": f"<@{person}>"}
    told = {"parse": [], "users": list(dict.fromkeys([person, *drawn["allowed_mentions"]["users"]]))}
    return drawn | {"components": [above, *drawn["components"]], "allowed_mentions": told}


def _named(ref: Ref) -> dict[str, str]:
    """The ids of a message. Raises TransportError for one that was taken away before we knew its name."""
    if not ref.message.isdecimal():
        raise transport.message_gone()
    return {"channel_id": ref.channel, "message_id": ref.message}


def _snowflake(since: datetime) -> int:
    """The smallest id of that moment."""
    return max(int((since.timestamp() - SKEW) * 1000) - EPOCH, 0) << 22
