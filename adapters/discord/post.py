"""The bot's messages in Discord: posted once per key, found again by it, edited within Discord's limits.

1. A message carries a nonce made of its channel and its key: sent again within a minute, Discord returns the first one.
   Beyond that it is searched for by the key, which one of its components carries.
2. A member with closed direct messages is mentioned in the team's channel.
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
from bot.errors import RecipientGoneError, TransportError
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
"""Seconds for which the message of a key is cached (the contract requires a minute)."""
SKEW = 300.0
"""Largest difference in seconds between our clock and Discord's."""
HISTORY = 100
EPOCH = 1_420_070_400_000
EDIT_EVERY = 20.0
EDITS_AT_WILL = 3
ORIGINS = 5000
"""Number of messages whose origin is cached."""
POSTED = 20_000
"""Number of cached keys: more than are posted within REMEMBERED."""
CLOSED, NO_SHARED_SERVER = 50007, 50278
"""Codes of a person who takes no direct messages from the bot."""
NO_SUCH_CHANNEL, UNREADABLE, GONE = 10003, 50035, 10008
_SEND = "/channels/{channel_id}/messages"
_ONE = "/channels/{channel_id}/messages/{message_id}"


def nonce(channel: str, key: str) -> str:
    """Derive the nonce of a key in a channel: 22 characters, always the same (Discord takes 25)."""
    value = int.from_bytes(hashlib.blake2b(f"{channel}:{key}".encode(), digest_size=16).digest())
    digits = []
    for _ in range(22):
        value, digit = divmod(value, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(digits)


@dataclass(frozen=True, slots=True)
class Origin:
    """The team and key that a message was posted for; its components repeat them at each edit."""

    team: str
    key: str
    direct: bool
    """In a direct conversation, where components name the team because Discord names no guild."""
    beckons: bool = False
    """It only mentions that a private message waits: an edit would reveal its content."""

    def drawn(self, message: Message, accounts: Mapping[str, str], language: Language) -> Drawn:
        """Render the message, for sending and for edits."""
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
        """Return the Discord ids of these members, cached, as an account never changes hands."""
        unknown = {member for member in members if member not in self._accounts}
        if unknown:
            self._accounts |= await self._host.accounts(team, unknown)
        return self._accounts

    async def _get_language(self, team: str) -> Language:
        """Return the language of a team, cached, as only the names of commands depend on it."""
        if team not in self._languages:
            self._languages[team] = await self._host.language(team)
        return self._languages[team]

    async def post(self, to: Address, message: Message, key: str) -> Ref:
        """Post once for a key within some minutes, however often it is called, also at the same time."""
        lock = self._busy.setdefault((to, key), asyncio.Lock())
        async with lock:
            try:
                return await self._post_once(to, message, key)
            finally:
                self._busy.pop((to, key), None)

    async def _post_once(self, to: Address, message: Message, key: str) -> Ref:
        channel = await self.channel(to)
        posted = self._posted.get((channel, key))
        if posted:
            return posted
        try:
            return await self._send(to, channel, message, key)
        except TransportError as error:
            if to.member is None:
                raise
            match error.params.get("code"):
                case code if code == NO_SUCH_CHANNEL:  # the stored conversation no longer exists
                    return await self._send(to, await self._open_direct(to.member), message, key)
                case code if code == NO_SHARED_SERVER:  # they have left the server
                    raise RecipientGoneError(method="POST", code=code) from error
                case code if code == CLOSED:
                    return await self._beckon(to, key, error)
            raise

    async def _beckon(self, to: Address, key: str, closed: TransportError) -> Ref:
        """Mention the person in the team's channel: that a private message waits, not its content."""
        home = await self._host.home(to.team)
        if home is None:
            raise closed
        public_key = _make_beckon_key(to, key)
        posted = self._posted.get((home, public_key))
        return posted or await self._send(
            to, home, await self._host.beckon(to.team), public_key, recipient=to.member or ""
        )

    async def _send(self, to: Address, channel: str, message: Message, key: str, *, recipient: str = "") -> Ref:
        accounts = await self.accounts(to.team, mentioned(message))
        origin = Origin(to.team, key, direct=to.member is not None, beckons=bool(recipient))
        drawn = origin.drawn(message, accounts, await self._get_language(to.team))
        body = _add_mention(drawn.payload(), recipient) if recipient else drawn.payload()
        name = nonce(channel, key)
        once = {"nonce": name, "enforce_nonce": True}
        try:
            sent = await self._api.send("POST", _SEND, body | once, drawn.files, channel_id=channel)
        except TransportError as error:
            match error.params.get("code"):
                case code if code == GONE:  # it was posted, and has been deleted since
                    return self._remember(channel, key, Ref(channel, name))
                case code if code == UNREADABLE:
                    plain = fallback(message, accounts) | once
                    sent = await self._api.call("POST", _SEND, plain, channel_id=channel)
                case _:
                    raise
        ref = self._remember(channel, key, Ref(channel, str(sent["id"])))
        self._origins[ref] = origin
        return ref

    def _remember(self, channel: str, key: str, ref: Ref) -> Ref:
        self._posted[channel, key] = ref
        return ref

    async def edit(self, ref: Ref, message: Message) -> None:
        """Edit a message. Raises TransportError, with seconds to wait when it was edited too often."""
        self._edits.take(ref)
        where = _ids_of(ref)
        origin = await self._find_origin(ref, where)
        if origin.beckons:
            return
        accounts = await self.accounts(origin.team, mentioned(message))
        drawn = origin.drawn(message, accounts, await self._get_language(origin.team))
        try:
            await self._api.send("PATCH", _ONE, drawn.payload(), drawn.files, **where)
        except TransportError as error:
            if error.params.get("code") != UNREADABLE:
                raise
            await self._api.call("PATCH", _ONE, fallback(message, accounts), **where)

    async def team(self, ref: Ref) -> str:
        """Return the guild that a message is for; empty when unknown. Raises TransportError."""
        return (await self._find_origin(ref, _ids_of(ref))).team

    async def speaking(self, channel: str) -> str:
        """Return the guild of the bot's last message in a direct conversation; empty when there is none."""
        try:
            page = await self._api.look(_SEND, {"limit": HISTORY}, channel_id=channel)
        except TransportError:
            return ""
        own = (posting for posting in page if posting["author"]["id"] == self._api.me)  # newest first
        return next((mark.team for posting in own for mark in marks_of(posting) if mark.team), "")

    async def _find_origin(self, ref: Ref, where: Mapping[str, str]) -> Origin:
        """Return the origin of a message; after a restart, read it from Discord."""
        if ref not in self._origins:
            guild = self._guilds.get(ref.channel)
            if guild is None:
                about = await self._api.look("/channels/{channel_id}", channel_id=ref.channel)
                guild = self._guilds[ref.channel] = str(about.get("guild_id") or "")
            posting = await self._api.look(_ONE, **where)
            team = next((mark.team for mark in marks_of(posting) if mark.team), "")
            beckons = bool(guild and team)  # only a private message names its team
            self._origins[ref] = Origin(guild or team, key_of(posting), direct=not guild or beckons, beckons=beckons)
        return self._origins[ref]

    async def delete(self, ref: Ref) -> None:
        for key in [key for key, posted in self._posted.items() if posted == ref]:
            self._posted.pop(key, None)
        try:
            await self._api.call("DELETE", _ONE, **_ids_of(ref))
        except TransportError as error:
            if error.key != "transport.message_gone":
                raise

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        """Find the message of a key. Raises TransportError when Discord refuses the search."""
        places = [(await self.channel(to), key)]
        if to.member is not None and (home := await self._host.home(to.team)):
            places.append((home, _make_beckon_key(to, key)))
        for channel, name in places:
            ref = self._posted.get((channel, name)) or await self._search(channel, name, since)
            if ref is not None:
                return ref
        return None

    async def _search(self, channel: str, key: str, since: datetime) -> Ref | None:
        after = _first_id_of(since)
        while True:
            page = await self._api.look(_SEND, {"after": after, "limit": HISTORY}, channel_id=channel)
            matches = (
                posting for posting in page if posting["author"]["id"] == self._api.me and key_of(posting) == key
            )
            match = next(matches, None)
            if match is not None:
                return Ref(channel, str(match["id"]))
            if len(page) < HISTORY:
                return None
            after = max(int(posting["id"]) for posting in page)

    async def channel(self, to: Address) -> str:
        """Return the channel of an address, the direct one of a member."""
        if to.channel:
            return to.channel
        member = to.member or ""
        if member not in self._direct:
            stored = await self._host.recall(f"direct.{member}")
            if stored is None:
                return await self._open_direct(member)
            self._direct[member] = stored
        return self._direct[member]

    async def _open_direct(self, member: str) -> str:
        opened = await self._api.call("POST", "/users/@me/channels", {"recipient_id": member})
        self._direct[member] = str(opened["id"])
        await self._host.remember({f"direct.{member}": self._direct[member]})
        return self._direct[member]


class Edits:
    """Limits the edits of each message: some at will, then one at an interval."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._until: LRUCache[Ref, float] = LRUCache(ORIGINS)

    def take(self, ref: Ref) -> None:
        """Count an edit. Raises TransportError, with the seconds to wait, when there were too many."""
        now = time.monotonic()
        until = max(self._until.get(ref, now), now) + self._every
        over = until - now - EDITS_AT_WILL * self._every
        if over > 0:
            raise transport.busy(PLATFORM, retry_after=over, method="PATCH")
        self._until[ref] = until


def _make_beckon_key(to: Address, key: str) -> str:
    """Return the key of the mention that stands in for a private message: distinct from the keys of the channel."""
    return nonce(to.member or "", key)


def marks_of(message: Json) -> Iterator[Mark]:
    """Yield the parsed custom_ids of a message."""
    for component in every(message.get("components") or []):
        mark = read(component.get("custom_id") or "")
        if mark is not None:
            yield mark


def _add_mention(drawn: Json, person: str) -> Json:
    """Put a mention of a person above a rendered body, and notify them."""
    above = {"type": 10, "content": f"<@{person}>"}
    mentions = {"parse": [], "users": list(dict.fromkeys([person, *drawn["allowed_mentions"]["users"]]))}
    return drawn | {"components": [above, *drawn["components"]], "allowed_mentions": mentions}


def _ids_of(ref: Ref) -> dict[str, str]:
    """Return the ids of a message. Raises TransportError for one that was deleted before its id was known."""
    if not ref.message.isdecimal():
        raise transport.message_gone()
    return {"channel_id": ref.channel, "message_id": ref.message}


def _first_id_of(since: datetime) -> int:
    """Return the smallest id of a moment, less the largest clock difference."""
    return max(int((since.timestamp() - SKEW) * 1000) - EPOCH, 0) << 22
