"""Slack before its fake, as adapters/CONTRACT.md wants to see it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.slack.emoji import name_of
from adapters.slack.platform import Credentials, Manner, SlackPlatform
from bot.ports import Address
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, TEAM, FakeSlack, shown
from tests.fakes.slack.people import Someone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from bot.engine.posting import Ref
    from bot.message import Reply
    from bot.request import Request

HURRY = Manner(pace=0.0, rest=0.01, timeout=1.0, heartbeat=0.4)
"""No waiting for a real server's sake."""


async def nobody(team: str, members: Collection[str]) -> Mapping[str, str]:
    """No account is known."""
    return {}


def over_sockets(slack: FakeSlack, manner: Manner = HURRY) -> SlackPlatform:
    """The platform in Socket Mode before the fake."""
    return SlackPlatform(Credentials(BOT_TOKEN, APP_TOKEN, base=slack.base), nobody, ("day",), manner)


@dataclass
class SlackBench:
    """The fake starts with the platform that stands before it first, and stops with it."""

    slack: FakeSlack = field(default_factory=FakeSlack)
    first: bool = True
    channel: Address = field(default_factory=lambda: Address(TEAM, channel="C0EQUIPE"))
    private: Address = field(default_factory=lambda: Address(TEAM, member="U0LEA"))

    def __post_init__(self) -> None:
        self.platform = over_sockets(self.slack)
        self.lea = Someone(self.slack, "U0LEA")
        if self.first:
            self._begin, self._end = self.platform.start, self.platform.stop
            self.platform.start = self._start  # type: ignore[method-assign]
            self.platform.stop = self._stop  # type: ignore[method-assign]

    async def _start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        await self.slack.start()
        await self._begin(receive)

    async def _stop(self) -> None:
        await self._end()
        await asyncio.sleep(0.02)  # what was sent last is read
        await self.slack.stop()

    def screen(self) -> list[str]:
        there = [one for channel in list(self.slack.messages) for one in self.slack.posted(channel)]
        return [shown(one) for one in (*there, *self.slack.private)]

    async def types(self, line: str) -> None:
        await self.lea.types(line)
        await self.platform.inbound.drain()  # an answer may come after the acknowledgement

    async def clicks(self, ref: Ref) -> None:
        await self.lea.clicks(self.slack.messages[ref.channel][ref.message])

    async def reacts(self, ref: Ref, emoji: str) -> None:
        await self.lea.reacts(self.slack.messages[ref.channel][ref.message], name_of(emoji))

    def reacts_unheard(self, ref: Ref, emoji: str) -> bool:
        self.slack.reactions[ref.channel, ref.message][name_of(emoji)] = ["U0LEA"]
        return True

    def restarted(self) -> SlackBench:
        return SlackBench(self.slack, first=False)
