"""The product as `vigie run` composes it, before the fake Discord, with a clock that is moved."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from adapters.discord.platform import Credentials, DiscordPlatform
from bot.civil import instant
from bot.cli._compose import App, compose
from bot.cli._discord import build_platform
from bot.cli._platforms import serve_platform
from bot.clock import VirtualClock
from bot.config import Settings
from bot.tasks.today import items_of
from tests.adapters.discord.plain import HURRY
from tests.fakes.discord import CHANNEL, GUILD, INES, KARIM, LEA, TOKEN, TOM, FakeDiscord, Someone, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from adapters.discord.platform import Manner
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from tests.fakes.discord import Exchange

PARIS = ZoneInfo("Europe/Paris")
MONDAY = "2026-11-23T08:55"
HEARD = 0.05
"""Seconds in which what the fake sends is there."""
_STAMP = re.compile(r"<t:(\d+):t>")


@dataclass
class World:
    """A guild with the product in it."""

    discord: FakeDiscord
    platform: DiscordPlatform
    app: App
    clock: VirtualClock
    people: dict[str, Someone] = field(init=False)

    def __post_init__(self) -> None:
        names = {"Léa": LEA, "Karim": KARIM, "Tom": TOM, "Inès": INES}
        self.people = {name: Someone(self.discord, user) for name, user in names.items()}

    async def settle(self) -> None:
        """Let everything that is due, and every answer on its way, arrive."""
        await asyncio.sleep(HEARD)
        await self.platform.inbound.drain()
        await self.app.engine.settle()

    async def until(self, moment: str) -> None:
        """Move to a local moment, stopping wherever something is due."""
        end = instant(datetime.fromisoformat(moment), PARIS)
        await self.settle()
        while (due := await self.app.engine.next_at()) is not None and due <= end:
            self.clock.move_to(max(due, self.clock.now()))
            await self.app.engine.settle()
        self.clock.move_to(end)

    def card(self) -> dict[str, Any]:
        """The channel's newest message."""
        return self.discord.posted()[-1]

    def read(self, message: Mapping[str, Any] | None = None) -> str:
        """A message (the channel's newest) as people in Paris read it, with ordinary spaces."""
        return easy(shown(dict(message or self.card())))

    def told(self, name: str) -> str:
        """The last thing that this person alone was shown."""
        return self.read(self.discord.told(self.people[name].user)[-1])

    def direct(self, name: str) -> list[str]:
        """What stands in this person's direct conversation."""
        return [self.read(one) for one in self.discord.posted(self.discord.direct(self.people[name].user))]

    def open_items(self, tx: Tx) -> list[Item]:
        """What is open today."""
        team = tx.teams.find("discord", GUILD)
        assert team is not None
        return [one for one in items_of(tx, team, team.today(tx.now)) if one.is_open]

    async def set_up(self) -> Exchange:
        """Through the modal, as Léa: she takes the veille, Karim the replies, Tom the planning."""
        lea = self.people["Léa"]
        asked = await lea.types("/cm-equipe configurer")
        answer = await lea.submits(asked, **SETUP)
        await self.settle()
        return answer


SETUP: dict[str, Any] = {
    "networks": ["facebook", "instagram", "linkedin"], "veille": LEA, "community": KARIM, "planner": TOM,
    "place": "Paris",
}  # fmt: skip


def easy(text: str) -> str:
    """With ordinary spaces, and moments as a clock in Paris shows them."""

    def clock(found: re.Match[str]) -> str:
        at = datetime.fromtimestamp(int(found[1]), UTC).astimezone(PARIS)
        return f"{at.hour} h {at.minute:02}" if at.minute else f"{at.hour} h"

    return _STAMP.sub(clock, text).replace("\u202f", " ").replace("\u00a0", " ")


@asynccontextmanager
async def opened(
    address: str, *, discord: FakeDiscord | None = None, start: str = MONDAY, manner: Manner = HURRY
) -> AsyncIterator[World]:
    """The product over a database and a guild, connected, its commands declared."""
    fake = discord or await FakeDiscord().start()
    clock = VirtualClock(instant(datetime.fromisoformat(start), PARIS))
    app = compose(address, clock)
    platform = build_platform(Credentials(TOKEN, fake.api, fake.gateway_url), app, manner=manner)
    app.add(platform)
    try:
        async with serve_platform(app, platform, Settings()):
            await fake.gateway.ready()
            await eventually(lambda: fake.commands.get(""))
            yield World(fake, platform, app, clock)
    finally:
        await app.store.close()
        if discord is None:
            await fake.stop()


async def eventually(true: Callable[[], Any], seconds: float = 5.0) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for lives in the fake's state
            await asyncio.sleep(0.005)


__all__ = ["CHANNEL", "MONDAY", "World", "easy", "eventually", "opened"]
