"""Socket Mode when the network, Slack or the credentials misbehave."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.slack.platform import Credentials, SlackPlatform
from bot.errors import ConfigurationError
from bot.message import Message, Reply, Text
from tests.adapters.slack.bench import HURRY, nobody, over_sockets
from tests.adapters.slack.world import eventually
from tests.fakes.slack import BOT_TOKEN, FakeSlack
from tests.fakes.slack.people import Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.request import Request

ANSWER = Reply(Message((Text(("bonjour",)),), "bonjour"))


class Core:
    """Answers everything, and remembers what it was asked."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.faults = 0
        self.seconds = 0.0

    async def receive(self, request: Request) -> Reply:
        self.keys.append(request.key)
        await asyncio.sleep(self.seconds)
        if self.faults:
            self.faults -= 1
            return replace(ANSWER, fault=True)
        return ANSWER


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = await FakeSlack().start()
    yield fake
    await fake.stop()


@asynccontextmanager
async def running(slack: FakeSlack, core: Core) -> AsyncIterator[SlackPlatform]:
    platform = over_sockets(slack)
    await platform.start(core.receive)
    try:
        yield platform
    finally:
        await platform.stop()


async def test_a_refused_upgrade_is_tried_again_with_a_new_address(slack: FakeSlack) -> None:
    slack.refuse_upgrades = 2
    async with running(slack, Core()):
        await eventually(lambda: len(slack.sockets) == 2)
    assert len(slack.opened) == len(set(slack.opened)) == 4


async def test_a_cut_connection_comes_back(slack: FakeSlack) -> None:
    core = Core()
    async with running(slack, core):
        await eventually(lambda: len(slack.sockets) == 2)
        await slack.abort()
        assert await Someone(slack, "U0LEA").types("jour") is not None


async def test_a_socket_that_answers_no_ping_is_replaced(slack: FakeSlack) -> None:
    slack.deaf = True
    async with running(slack, Core()):
        await eventually(lambda: len(slack.opened) >= 2)
        slack.deaf = False
        await eventually(lambda: len(slack.opened) >= 4)
        assert await Someone(slack, "U0LEA").types("jour") is not None


async def test_a_refresh_under_load_loses_nothing(slack: FakeSlack) -> None:
    core = Core()
    core.seconds = 0.01
    lea = Someone(slack, "U0LEA")
    async with running(slack, core):
        await eventually(lambda: len(slack.sockets) == 2)

        async def refresh() -> None:
            for _ in range(5):
                await asyncio.sleep(0.03)
                old = list(slack.sockets)
                await slack.disconnect()
                await eventually(lambda old=old: len(slack.sockets) >= len(old) + 2)  # type: ignore[misc]
                for one in old:
                    await one.close()

        refreshing = asyncio.create_task(refresh())
        answers = await asyncio.gather(*(lea.writes(f"jour {number}") for number in range(200)))
        await refreshing
    assert None not in answers


async def test_socket_mode_switched_off_ends_the_platform(slack: FakeSlack) -> None:
    async with running(slack, Core()) as platform:
        await eventually(lambda: len(slack.sockets) == 2)
        await slack.disconnect("link_disabled")
        async with asyncio.timeout(5):
            await platform.ended.wait()
        assert platform.why is not None
        assert platform.why.key == "slack.socket_off"


async def test_a_bad_app_token_is_said_at_once(slack: FakeSlack) -> None:
    platform = SlackPlatform(Credentials(BOT_TOKEN, "xapp-wrong", base=slack.base), nobody, (), HURRY)
    with pytest.raises(ConfigurationError) as caught:
        await platform.start(Core().receive)
    assert caught.value.key == "slack.app_token"


async def test_a_bad_bot_token_is_said_at_once(slack: FakeSlack) -> None:
    platform = SlackPlatform(Credentials("xoxb-wrong", "xapp", base=slack.base), nobody, (), HURRY)
    with pytest.raises(ConfigurationError) as caught:
        await platform.start(Core().receive)
    assert caught.value.key == "slack.bot_token"


async def test_an_outage_while_connecting_is_waited_out(slack: FakeSlack) -> None:
    slack.fail("server", "apps.connections.open", times=2)
    slack.fail("limited", "apps.connections.open", times=1, seconds=1)
    async with running(slack, Core()):
        await eventually(lambda: len(slack.sockets) == 2)


async def test_an_event_that_failed_is_delivered_again(slack: FakeSlack) -> None:
    core = Core()
    core.faults = 1
    slack.patience = 0.2
    async with running(slack, core):
        assert await Someone(slack, "U0LEA").writes("jour") == {}
    assert len(core.keys) == 2
    assert len(set(core.keys)) == 1


async def test_an_answer_to_a_failed_event_is_shown_once(slack: FakeSlack) -> None:
    core = Core()
    core.faults = 4
    slack.patience = 0.2
    async with running(slack, core):
        assert await Someone(slack, "U0LEA").writes("jour") is None
    assert len(slack.posted(slack.direct("U0LEA"))) == 1


@pytest.mark.parametrize("kind", ["events_api", "slash_commands", "interactive", "invented"])
async def test_what_nobody_knows_is_acknowledged_and_changes_nothing(slack: FakeSlack, kind: str) -> None:
    core = Core()
    async with running(slack, core):
        for payload in (
            {"event": {"type": "invented"}, "type": "event_callback", "team_id": "T"},
            {"type": "invented"},
        ):
            answer = await slack.deliver(kind, payload, retries=0)
            assert answer is not None or kind != "invented"
    assert core.keys == []


async def test_the_reaction_of_a_bot_is_not_heard(slack: FakeSlack) -> None:
    core = Core()
    async with running(slack, core):
        message = {"channel": "C0EQUIPE", "ts": "1.000001"}
        assert await Someone(slack, "U0BOT").reacts(message) is not None
        assert await Someone(slack, "U0VIGIE").reacts(message) is not None
    assert core.keys == []


async def test_another_workspace_changes_nothing(slack: FakeSlack) -> None:
    core = Core()
    async with running(slack, core):
        stranger = Someone(slack, "U0LEA", team="T0OTHER")
        await stranger.types("jour")
        await stranger.writes("jour")
        await stranger.reacts({"channel": "C0EQUIPE", "ts": "1.000001"})
        await stranger.opens_home()
    assert core.keys == []
    assert slack.homes == {}


async def test_an_uninstalled_app_ends_the_platform(slack: FakeSlack) -> None:
    async with running(slack, Core()) as platform:
        await Someone(slack, "U0LEA").event({"type": "app_uninstalled"})
        assert platform.why is not None


async def test_a_slow_answer_comes_after_the_acknowledgement(slack: FakeSlack) -> None:
    core = Core()
    core.seconds = 0.3
    async with running(slack, core) as platform:
        platform.inbound.patience = 0.05
        assert await Someone(slack, "U0LEA").types("jour") == {}
        assert slack.shown_to("U0LEA") == []
    assert [one["text"] for one in slack.shown_to("U0LEA")] == ["bonjour"]
