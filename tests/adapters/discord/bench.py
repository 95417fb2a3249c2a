"""Discord before its fake, as adapters/CONTRACT.md wants to see it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.discord.command_tree import commands
from adapters.discord.inbound import Inbound
from adapters.discord.platform import Credentials, DiscordPlatform
from bot.ports import Address
from bot.registry import load
from tests.adapters.discord.plain import HURRY, Memory
from tests.adapters.discord.world import easy
from tests.fakes.discord import CHANNEL, GUILD, LEA, FakeDiscord, Someone, shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.discord.api import Api
    from adapters.discord.post import Post
    from bot.engine.posting import Ref
    from bot.message import Reply
    from bot.request import Request

Json = dict[str, Any]


class _Nothing:
    """Suggests nothing."""

    async def choices(self, payload: Json) -> list[Json]:
        return []


def _inbound(api: Api, post: Post) -> Inbound:
    return Inbound(api, post, load(), _Nothing(), lambda _: "done")


@dataclass
class DiscordBench:
    """The fake starts with the platform that stands before it first, and stops with it."""

    discord: FakeDiscord = field(default_factory=FakeDiscord)
    first: bool = True
    channel: Address = field(default_factory=lambda: Address(GUILD, channel=CHANNEL))
    private: Address = field(default_factory=lambda: Address(GUILD, member=LEA))

    def __post_init__(self) -> None:
        credentials = Credentials(self.discord.token, self.discord.api, self.discord.gateway_url)
        self.platform = DiscordPlatform(credentials, Memory(), _inbound, HURRY)
        self.lea = Someone(self.discord)
        self.discord.commands[""] = [one | {"id": "1"} for one in commands(load(), "fr")]
        self._begin, self._end = self.platform.start, self.platform.stop
        self.platform.start = self._start  # type: ignore[method-assign]
        self.platform.stop = self._stop  # type: ignore[method-assign]

    async def _start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        if self.first:
            await self.discord.start()
        await self._begin(receive)
        await asyncio.wait_for(self.platform.supervisor.shards[0].up.wait(), 10)

    async def _stop(self) -> None:
        await self._end()
        if self.first:
            await self.discord.stop()

    def screen(self) -> list[str]:
        there = [one for channel in list(self.discord.messages) for one in self.discord.posted(channel)]
        return [easy(shown(one)) for one in (*there, *self.discord.private)]

    async def types(self, line: str) -> None:
        await self.lea.types("/cm dire", ligne=line)

    async def clicks(self, ref: Ref) -> None:
        await self.lea.clicks(self.discord.messages[ref.channel][ref.message])

    async def reacts(self, ref: Ref, emoji: str) -> None:
        await self.lea.reacts(self.discord.messages[ref.channel][ref.message], emoji)
        await asyncio.sleep(0.05)  # the gateway has told of it

    def reacts_unheard(self, ref: Ref, emoji: str) -> bool:
        self.discord.reactions[ref.message][emoji] = [LEA]
        return True

    def restarted(self) -> DiscordBench:
        return DiscordBench(self.discord, first=False)
