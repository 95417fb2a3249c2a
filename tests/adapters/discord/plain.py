"""The platform before the fake, with a product that only remembers, and an inbound side that only hears."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.discord.custom_id import read
from adapters.discord.platform import Credentials, DiscordPlatform, Manner
from adapters.discord.supervisor import Patience
from bot.engine.posting import Ref
from bot.message import Message, Reply, Text
from bot.request import Clicked, Reacted, Request, Typed
from tests.fakes.discord import CHANNEL, GUILD, FakeDiscord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

    from adapters.discord.api import Api
    from adapters.discord.post import Post
    from bot.i18n import Language
    from bot.platforms.missed_reactions import ReactedMessage

Json = dict[str, Any]
HURRY = Manner(
    rate=2000.0, timeout=1.0, heartbeat=1.0, edit_every=0.0,
    patience=Patience(first=0.01, longest=0.05, greeting=1.0, between=0.01, store=0.02, hold=1.0, renew=0.05),
)  # fmt: skip
"""No waiting for a real server's sake."""


@dataclass
class Memory:
    """A product that remembers, and has two people and one team. Survives the platform before it."""

    kept: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    there: dict[str, list[ReactedMessage]] = field(default_factory=dict)
    teams: list[str] = field(default_factory=lambda: [GUILD])
    channel: str | None = CHANNEL
    gone: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)
    held: dict[str, tuple[str, float]] = field(default_factory=dict)

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]:
        return {one: self.people[one] for one in members if one in self.people}

    async def cards(self, team: str) -> Sequence[ReactedMessage]:
        return self.there.get(team, [])

    async def installed(self) -> Collection[str]:
        return [one for one in self.teams if one not in self.gone]

    async def away(self) -> Collection[str]:
        return self.gone

    async def left(self, team: str) -> None:
        self.gone.append(team)

    async def back(self, team: str) -> None:
        self.returned.append(team)

    async def home(self, team: str) -> str | None:
        return self.channel

    async def language(self, team: str) -> Language:
        return "fr"

    async def beckon(self, team: str) -> Message:
        return Message((Text(("Il y a quelque chose pour toi.",)),), "quelque chose")

    async def recall(self, name: str) -> str | None:
        return self.kept.get(name)

    async def remember(self, values: Mapping[str, str]) -> None:
        self.kept |= values

    async def hold(self, name: str, owner: str, seconds: float, *, taking: bool = False) -> float:
        now = time.monotonic()
        holder, until = self.held.get(name, (owner, now))
        if holder != owner and until > now and not taking:
            return until - now
        self.held[name] = (owner, now + seconds)
        return 0.0

    async def turn(self, name: str, seconds: float) -> float:
        self.turns.append(name)
        return 0.0


class Ear:
    """An inbound side that passes on presses, reactions and typed lines, and answers « ok » in private."""

    def __init__(self, api: Api, post: Post) -> None:
        self.api = api
        self.post = post
        self.receive: Callable[[Request], Awaitable[Reply]] | None = None
        self.welcomed: list[str] = []
        self.late: list[str] = []

    async def interaction(self, data: Json) -> None:
        assert self.receive is not None
        reply = await self.receive(self._request(data))
        words = reply.message.summary if reply.message else "ok"
        body = {"type": 4, "data": {"content": words, "flags": 64}}
        if not await self.api.answer(data["id"], data["token"], body):
            self.late.append(data["id"])

    def _request(self, data: Json) -> Request:
        what: Any
        if data["type"] == 3:
            mark = read(data["data"]["custom_id"])
            assert mark is not None
            what = Clicked(mark.action, mark.target, Ref(data["channel_id"], data["message"]["id"]))
        else:
            options = data["data"]["options"]
            while options and "options" in options[0]:
                options = options[0]["options"]
            what = Typed(options[0]["value"])
        actor = (data.get("member") or data)["user"]["id"]
        return Request(data["id"], "discord", data.get("guild_id", ""), actor, what, data["channel_id"])

    async def reaction(self, data: Json, *, added: bool) -> None:
        key = f"{data['message_id']}-{data['user_id']}-{data['emoji']['name']}-{added}"
        await self._reacted(key, data["user_id"], Reacted(data["emoji"]["name"], _ref(data), added))

    async def missed(self, ref: Ref, user: str, emoji: str, *, added: bool) -> None:
        await self._reacted(f"missed-{ref.message}-{user}-{emoji}", user, Reacted(emoji, ref, added))

    async def _reacted(self, key: str, user: str, what: Reacted) -> None:
        assert self.receive is not None
        await self.receive(Request(key, "discord", GUILD, user, what, what.ref.channel))

    async def written(self, data: Json) -> None: ...

    async def joined(self, guild: Json) -> None:
        self.welcomed.append(guild["id"])

    async def drain(self) -> None: ...


def _ref(data: Json) -> Ref:
    return Ref(data["channel_id"], data["message_id"])


@dataclass
class Heard:
    """Stands for the pipeline: keeps what came in."""

    requests: list[Request] = field(default_factory=list)

    async def receive(self, request: Request) -> Reply:
        self.requests.append(request)
        return Reply()

    async def until(self, count: int = 1) -> list[Request]:
        """Wait until so many came in."""
        await until(lambda: len(self.requests) >= count)
        return self.requests


async def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something is so. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # a server of its own decides when
            await asyncio.sleep(0.005)


def made(fake: FakeDiscord, memory: Memory, manner: Manner = HURRY, **about: Any) -> DiscordPlatform:
    """The platform before the fake, not started."""
    return DiscordPlatform(Credentials(fake.token, fake.api, fake.gateway_url, **about), memory, Ear, manner)


@asynccontextmanager
async def standing(
    fake: FakeDiscord, memory: Memory | None = None, manner: Manner = HURRY, heard: Heard | None = None, **about: Any
) -> AsyncIterator[DiscordPlatform]:
    """The platform, connected; stopped afterwards."""
    platform = made(fake, memory or Memory(), manner, **about)
    await platform.start((heard or Heard()).receive)
    try:
        await until(lambda: any(one.up.is_set() for one in platform.supervisor.shards.values()))
        yield platform
    finally:
        await platform.stop()


def sessions(memory: Memory) -> list[Json]:
    """The gateway sessions that are remembered."""
    found = (json.loads(value) for name, value in memory.kept.items() if name.startswith("session."))
    return [one for one in found if one]
