"""The product as `vigie run` composes it, before the fake Slack, in either mode, with a clock that is moved."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.slack import LINES
from adapters.slack.platform import Credentials, SlackPlatform
from bot.civil import instant
from bot.cli._compose import App, compose
from bot.clock import VirtualClock
from bot.platforms.accounts import accounts
from bot.platforms.first_contact import Reception
from bot.platforms.profiles import Profile, follow_profile
from tests.adapters.slack.bench import HURRY
from tests.adapters.slack.judges import by_all
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack, shown
from tests.fakes.slack.people import Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping

    from adapters.slack.platform import Manner

PARIS = ZoneInfo("Europe/Paris")
MONDAY = "2026-11-23T08:55"
MODES = ("socket", "http")
PATIENT = replace(HURRY, timeout=30.0, heartbeat=10.0)
"""A busy machine, and the judges, must not be taken for a lost answer."""


@dataclass
class World:
    """A workspace with the product in it."""

    slack: FakeSlack
    platform: SlackPlatform
    app: App
    clock: VirtualClock
    reception: Reception
    people: dict[str, Someone] = field(init=False)

    def __post_init__(self) -> None:
        names = {"Léa": "U0LEA", "Karim": "U0KARIM", "Tom": "U0TOM", "Robot": "U0BOT", "Zoé": "U0INVITE"}
        self.people = {name: Someone(self.slack, user) for name, user in names.items()}

    async def settle(self) -> None:
        """Let everything that is due, and every answer on its way, arrive."""
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
        return self.slack.posted()[-1]

    def read(self, message: Mapping[str, Any] | None = None) -> str:
        """A message (the channel's newest) as people read it, with ordinary spaces."""
        return easy(shown(dict(message or self.card())))

    def told(self, name: str) -> str:
        """The last thing that this person alone was shown."""
        return easy(shown(self.slack.shown_to(self.people[name].user)[-1]))

    async def set_up(self) -> None:
        """Through the modal, as Léa: she takes the veille, Karim the replies, Tom the planning."""
        lea = self.people["Léa"]
        await lea.types("configurer")
        view = next(reversed(self.slack.views.values()))
        answer = await lea.submits(view, SETUP)
        assert answer == {}, answer
        await self.settle()


SETUP: dict[str, dict[str, Any]] = {
    "networks": {
        "type": "multi_static_select",
        "selected_options": [{"value": "facebook"}, {"value": "instagram"}, {"value": "linkedin"}],
    },
    "veille": {"type": "users_select", "selected_user": "U0LEA"},
    "community": {"type": "users_select", "selected_user": "U0KARIM"},
    "planner": {"type": "users_select", "selected_user": "U0TOM"},
    "place": {"type": "plain_text_input", "value": "Paris"},
}


def easy(text: str) -> str:
    """With ordinary spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@asynccontextmanager
async def opened(
    address: str, mode: str, *, slack: FakeSlack | None = None, start: str = MONDAY, manner: Manner = PATIENT
) -> AsyncIterator[World]:
    """The product over a database and a workspace; every message and view on its way is judged."""
    fake = slack or await FakeSlack().start()
    refused: list[str] = []

    def judge(kind: str, payload: dict[str, Any]) -> None:
        try:
            by_all(kind, payload)
        except Exception as error:
            refused.append(f"{kind}: {error!r} {payload}"[:2000])
            raise

    fake.judge = judge
    clock = VirtualClock(instant(datetime.fromisoformat(start), PARIS))
    there: list[App] = []

    async def lookup(team: str, members: Collection[str]) -> Mapping[str, str]:
        return await accounts(there[0].store, "slack", team, members)

    token = APP_TOKEN if mode == "socket" else ""
    platform = SlackPlatform(Credentials(BOT_TOKEN, token, SECRET, fake.base), lookup, LINES, manner)

    async def keep(team: str, profile: Profile, before: Profile | None) -> bool:
        return await follow_profile(there[0].store, "slack", team, profile, before)

    platform.inbound.profiles.meet = keep
    platform.inbound.patience = 2.9  # the machines of tests are slow
    app = compose(address, clock, [platform])
    there.append(app)
    reception = Reception(app.store, app.pipeline.receive, platform.introduce)
    await reception.warm()
    runner = await _served(platform)
    fake.target = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events" if mode == "http" else ""
    await platform.start(reception.receive)
    try:
        yield World(fake, platform, app, clock, reception)
    finally:
        await platform.stop()
        await runner.cleanup()
        await app.store.close()
        if slack is None:
            await fake.stop()
    assert refused == [], "Slack would have refused it"


async def _served(platform: SlackPlatform) -> web.AppRunner:
    app = web.Application()
    app.add_routes(platform.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


async def eventually(true: Callable[[], Any], seconds: float = 5.0) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for lives in the fake's state
            await asyncio.sleep(0.005)
