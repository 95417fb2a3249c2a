"""What we say in Slack, when Slack or the network fails: nothing lost, nothing twice, and the right kind of error."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import OutcomeUnknownError, TransportError
from bot.message import Message, Reply, Text, Who
from bot.ports import Address
from tests.adapters.slack.bench import HURRY, over_sockets
from tests.fakes.slack import BOT, TEAM, FakeSlack, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.slack.platform import SlackPlatform
    from bot.engine.posting import Ref
    from bot.request import Request

CHANNEL = Address(TEAM, channel="C0EQUIPE")
HELLO = Message((Text(("bonjour",)),), "bonjour")
SINCE = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = await FakeSlack().start()
    yield fake
    await fake.stop()


async def _silent(request: Request) -> Reply:
    return Reply()


@pytest.fixture
async def platform(slack: FakeSlack) -> AsyncIterator[SlackPlatform]:
    made = over_sockets(slack, replace(HURRY, timeout=0.3))
    await made.start(_silent)
    yield made
    await made.stop()


async def _error(platform: SlackPlatform, to: Address = CHANNEL) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await platform.post(to, HELLO, key="k1")
    return caught.value


async def test_too_many_messages_are_postponed_as_long_as_slack_asks(platform: SlackPlatform, slack: FakeSlack) -> None:
    slack.fail("limited", "chat.postMessage", seconds=17)
    error = await _error(platform)
    assert (error.permanent, error.retry_after, type(error)) == (False, 17.0, TransportError)
    assert slack.posted() == []


@pytest.mark.parametrize("kind", ["server", "reset_before", "reset_after", "silent", "garbage"])
async def test_when_nobody_knows_what_became_of_a_post_it_says_so(
    platform: SlackPlatform, slack: FakeSlack, kind: str
) -> None:
    slack.fail(kind, "chat.postMessage")
    assert isinstance(await _error(platform), OutcomeUnknownError)
    await asyncio.sleep(0.02)

    found = await platform.find(CHANNEL, "k1", SINCE)

    assert (found is not None) == (kind in ("reset_after", "silent"))
    assert len([name for name, _ in slack.calls if name == "chat.postMessage"]) == 1


@pytest.mark.parametrize(
    "code", ["is_archived", "not_in_channel", "channel_not_found", "token_revoked", "account_inactive", "invalid_auth",
             "missing_scope", "restricted_action"]
)  # fmt: skip
async def test_what_will_fail_again_is_permanent(platform: SlackPlatform, slack: FakeSlack, code: str) -> None:
    slack.fail("error", "chat.postMessage", code=code)
    error = await _error(platform)
    assert error.permanent
    assert error.params["code"] == code


async def test_a_channel_that_we_are_not_in_is_permanent(platform: SlackPlatform) -> None:
    assert (await _error(platform, Address(TEAM, channel="C0AUTRE"))).permanent


async def test_somebody_deactivated_is_permanent(platform: SlackPlatform, slack: FakeSlack) -> None:
    slack.people["U0TOM"]["deleted"] = True
    assert (await _error(platform, Address(TEAM, member="U0TOM"))).permanent


@pytest.mark.parametrize("code", ["internal_error", "fatal_error"])
async def test_slacks_own_fault_leaves_the_outcome_open(platform: SlackPlatform, slack: FakeSlack, code: str) -> None:
    slack.fail("error", "chat.postMessage", code=code)
    assert isinstance(await _error(platform), OutcomeUnknownError)


async def test_a_history_that_cannot_be_read_is_not_an_empty_one(platform: SlackPlatform, slack: FakeSlack) -> None:
    slack.fail("error", "conversations.history", code="missing_scope")
    with pytest.raises(TransportError):
        await platform.find(CHANNEL, "k1", SINCE)


async def test_a_message_is_found_among_many(slack: FakeSlack) -> None:
    made = over_sockets(slack, replace(HURRY, timeout=60.0))  # a busy machine must not be taken for a lost answer
    await made.start(_silent)
    first = await made.post(CHANNEL, HELLO, key="k0")
    await asyncio.gather(*(made.post(CHANNEL, HELLO, key=f"k{number}") for number in range(1, 450)))
    assert await made.find(CHANNEL, "k0", SINCE) == first
    await made.stop()


async def test_calls_at_the_same_time_post_once(platform: SlackPlatform, slack: FakeSlack) -> None:
    refs = await asyncio.gather(*(platform.post(CHANNEL, HELLO, key="k1") for _ in range(10)))
    assert len(set(refs)) == len(slack.posted()) == 1


async def test_a_channel_gets_a_message_at_a_time(slack: FakeSlack) -> None:
    made = over_sockets(slack, replace(HURRY, pace=0.15))
    await made.start(_silent)
    slack.members["C0AUTRE"].add(BOT)
    began = time.monotonic()
    await asyncio.gather(*(made.post(CHANNEL, HELLO, key=f"k{number}") for number in range(4)))
    assert time.monotonic() - began >= 0.45
    stamps = [float(one["ts"]) for one in slack.posted()]
    assert all(after - before >= 0.1 for before, after in itertools.pairwise(stamps))
    await made.stop()


async def test_only_an_opaque_key_is_left_in_the_metadata(platform: SlackPlatform, slack: FakeSlack) -> None:
    await platform.post(CHANNEL, HELLO, key="k1")
    assert slack.posted()[0]["metadata"] == {"event_type": "vigie_message", "event_payload": {"key": "k1"}}


async def test_a_mention_finds_the_account(platform: SlackPlatform, slack: FakeSlack) -> None:
    platform._post._accounts["m1"] = "U0LEA"
    await platform.post(CHANNEL, Message((Text((Who("m1", "Léa", notify=True),)),), "x"), key="k1")
    assert shown(slack.posted()[0]) == "@U0LEA"


async def test_two_hundred_posts_under_random_faults_are_all_there_once(
    platform: SlackPlatform, slack: FakeSlack, pytestconfig: pytest.Config
) -> None:
    """As the outbox does it: an open outcome waits (a late one lands), then is looked up before any second attempt."""
    dice = random.Random(11)
    count = 2000 if pytestconfig.getoption("--long") else 200
    kinds = ["server", "reset_before", "reset_after", "silent", "delay", "limited", "garbage"]
    for _ in range(count // 3):
        slack.fail(dice.choice(kinds), "chat.postMessage", seconds=0.4)
    for _ in range(count // 20):
        slack.fail(dice.choice(["server", "limited", "reset_before"]), "conversations.history", seconds=1)
    free = asyncio.Semaphore(16)

    async def deliver(key: str) -> Ref:
        first = True
        while True:
            try:
                async with free:
                    found = None if first else await platform.find(CHANNEL, key, SINCE)
                    return found or await platform.post(CHANNEL, HELLO, key=key)
            except OutcomeUnknownError:
                await asyncio.sleep(0.5)
            except TransportError as error:
                if error.permanent:
                    raise
                await asyncio.sleep(0.01)
            first = False

    refs = await asyncio.gather(*(deliver(f"key{number}") for number in range(count)))

    await asyncio.sleep(0.5)
    keys = [one["metadata"]["event_payload"]["key"] for one in slack.posted()]
    assert (len(keys), len(set(keys)), len(set(refs))) == (count, count, count)
