"""The life of a connection: whatever happens to it, what people do comes in, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.discord.supervisor import Patience
from bot.engine.posting import Ref
from bot.errors import ConfigurationError
from bot.message import Message, Text
from bot.platforms.missed_reactions import ReactedMessage
from bot.ports import Address
from bot.request import Reacted
from tests.adapters.discord.plain import HURRY, Heard, Memory, made, sessions, standing, until
from tests.fakes.discord import BOT, CHANNEL, GUILD, KARIM, LEA, FakeDiscord, Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    made_ = await FakeDiscord().start()
    yield made_
    await made_.stop()


@pytest.fixture
def heard() -> Heard:
    return Heard()


async def _says(fake: FakeDiscord, line: str = "jour") -> int:
    """Léa types a line; the kind of answer that she gets."""
    return (await Someone(fake).types("/cm dire", ligne=line)).kind


# connections that fail


async def test_the_first_connection_may_be_refused(fake: FakeDiscord) -> None:
    fake.gateway.refuse = 3
    async with standing(fake):
        assert await _says(fake) == 4


async def test_a_login_that_meets_an_outage_is_tried_again(fake: FakeDiscord) -> None:
    fake.fail("server", "GET /users/@me", times=3, status=503)
    async with standing(fake):
        assert await _says(fake) == 4


async def test_op_7_is_followed_by_a_resumed_session(fake: FakeDiscord) -> None:
    async with standing(fake):
        await fake.gateway.reconnect()
        await until(lambda: bool(fake.gateway.resumed))
        assert await _says(fake) == 4
        assert len(fake.gateway.identified) == 1


async def test_op_9_is_followed_by_a_new_session(fake: FakeDiscord) -> None:
    async with standing(fake):
        await fake.gateway.invalidate()
        await until(lambda: len(fake.gateway.identified) == 2)
        await fake.gateway.ready()
        assert await _says(fake) == 4


async def test_op_9_of_a_session_that_lives_is_resumed(fake: FakeDiscord) -> None:
    async with standing(fake):
        await fake.gateway.invalidate(resumable=True)
        await until(lambda: bool(fake.gateway.resumed))
        assert await _says(fake) == 4
        assert len(fake.gateway.identified) == 1


@pytest.mark.parametrize("code", [1000, 1001, 4000, 4001, 4005, 4007, 4008, 4009])
async def test_a_connection_that_discord_closes_comes_back(fake: FakeDiscord, code: int) -> None:
    async with standing(fake) as platform:
        await fake.gateway.close(code)
        await until(lambda: len(fake.gateway.closed) == 1)
        await fake.gateway.ready()
        assert await _says(fake) == 4
        assert not platform.ended.is_set()


async def test_a_connection_that_is_cut_is_resumed_and_what_happened_meanwhile_comes_in(
    fake: FakeDiscord, heard: Heard
) -> None:
    async with standing(fake, heard=heard):
        message = fake.put(CHANNEL, BOT, {"content": "une carte"})
        fake.gateway.refuse = 2
        fake.gateway.cut()
        await until(lambda: not fake.gateway.connected)
        await Someone(fake).reacts(message, "✅")
        (request,) = await heard.until()
        assert request.what == Reacted("✅", Ref(CHANNEL, message["id"]))


async def test_a_gateway_that_answers_heartbeats_but_never_greets_is_left(fake: FakeDiscord) -> None:
    fake.gateway.deaf = 2
    async with standing(fake, manner=replace(HURRY, patience=replace(HURRY.patience, greeting=0.2))):
        assert await _says(fake) == 4
    assert fake.gateway.deaf == 0


async def test_a_zombie_is_left_and_its_session_resumed(fake: FakeDiscord, heard: Heard) -> None:
    fake.gateway.interval = 0.05
    async with standing(fake, manner=replace(HURRY, heartbeat=0.2), heard=heard):
        fake.gateway.silent = True
        message = fake.put(CHANNEL, BOT, {"content": "une carte"})
        await Someone(fake).reacts(message, "✅")
        await until(lambda: len(fake.gateway.closed) == 1)
        fake.gateway.silent = False
        await heard.until()
        assert len(fake.gateway.identified) == 1


@pytest.mark.parametrize(
    ("code", "key"),
    [(4004, "discord.token"), (4010, "discord.sharding"), (4011, "discord.sharding"), (4012, "discord.version"),
     (4013, "discord.intents"), (4014, "discord.intents")],
)  # fmt: skip
async def test_what_no_retry_can_mend_ends_the_platform_with_its_reason(fake: FakeDiscord, code: int, key: str) -> None:
    fake.gateway.close_identify = [code]
    platform = made(fake, Memory())
    await platform.start(Heard().receive)
    async with asyncio.timeout(5):
        await platform.ended.wait()
    assert isinstance(platform.why, ConfigurationError)
    assert platform.why.key == key
    await platform.stop()


async def test_a_token_that_is_none_is_said_at_once(fake: FakeDiscord) -> None:
    platform = made(fake, Memory())
    fake.token = "another"
    with pytest.raises(ConfigurationError, match=r"discord\.token"):
        await platform.start(Heard().receive)


async def test_a_token_that_is_none_is_said_after_an_outage_too(fake: FakeDiscord) -> None:
    platform = made(fake, Memory())
    fake.fail("server", "GET /users/@me", status=503)
    fake.token = "another"
    await platform.start(Heard().receive)
    async with asyncio.timeout(5):
        await platform.ended.wait()
    assert platform.why
    assert platform.why.key == "discord.token"
    await platform.stop()


# events of unexpected shape


@pytest.mark.parametrize(
    ("event", "data"),
    [("INTERACTION_CREATE", {}), ("INTERACTION_CREATE", None), ("MESSAGE_REACTION_ADD", {"emoji": 3}),
     ("MESSAGE_REACTION_REMOVE", []), ("GUILD_CREATE", {"id": None}), ("GUILD_DELETE", {}), ("GUILD_UPDATE", "x"),
     ("RESUMED", None), ("READY", {"session_id": "x"}), ("SOMETHING_NEW", {"a": 1})],
)  # fmt: skip
async def test_a_poisoned_event_harms_nobody(fake: FakeDiscord, event: str, data: object) -> None:
    counted: list[str] = []
    async with standing(fake) as platform:
        platform.odd = lambda: counted.append(event)
        await fake.gateway.dispatch(event, data, GUILD)
        assert await _says(fake) == 4
    assert counted == ([] if event == "SOMETHING_NEW" else [event])


# restarts


async def test_a_new_process_resumes_the_session_of_the_one_before_it(fake: FakeDiscord, heard: Heard) -> None:
    memory = Memory()
    async with standing(fake, memory):
        message = fake.put(CHANNEL, BOT, {"content": "une carte"})
    assert fake.gateway.closed == [4000]
    await Someone(fake).reacts(message, "✅")

    async with standing(fake, memory, heard=heard):
        (request,) = await heard.until()
        assert request.what == Reacted("✅", Ref(CHANNEL, message["id"]))
        assert await _says(fake) == 4  # nothing is cached, and nothing needs to be
    assert len(fake.gateway.identified) == 1


async def test_sessions_are_stored_while_we_run_in_case_we_are_killed(fake: FakeDiscord) -> None:
    memory = Memory()
    async with standing(fake, memory):
        await until(lambda: bool(sessions(memory)))
        before = sessions(memory)[0]["sequence"]
        await _says(fake)
        await until(lambda: sessions(memory)[0]["sequence"] > before)


async def test_a_stop_at_the_very_moment_at_which_a_session_begins_ends(fake: FakeDiscord) -> None:
    async with standing(fake) as platform:
        platform.supervisor.greeted(0)
        async with asyncio.timeout(5):
            await platform.supervisor.stop()


async def test_a_session_that_is_over_is_begun_anew(fake: FakeDiscord) -> None:
    memory = Memory()
    async with standing(fake, memory):
        pass
    fake.gateway.forget()
    async with standing(fake, memory):
        assert await _says(fake) == 4
    assert len(fake.gateway.resumed) == 1


@pytest.mark.parametrize("stored", ["", "null", "[]", "{}", '{"id": 1}', "garbage"])
async def test_a_stored_session_that_cannot_be_read_is_no_session(fake: FakeDiscord, stored: str) -> None:
    async with standing(fake, Memory(kept={"session.0.1": stored})):
        assert await _says(fake) == 4


async def test_reactions_of_the_time_when_nobody_listened_are_made_up_for(fake: FakeDiscord, heard: Heard) -> None:
    message = fake.put(CHANNEL, BOT, {"content": "une carte"})
    ref = Ref(CHANNEL, message["id"])
    await Someone(fake).reacts(message, "1️⃣")
    await Someone(fake, BOT).reacts(message, "👀")
    memory = Memory(there={GUILD: [ReactedMessage(ref, frozenset({(KARIM, "✅")}))]})
    async with standing(fake, memory, heard=heard):
        await heard.until(2)
    assert {(one.actor, one.what) for one in heard.requests} == {
        (LEA, Reacted("1️⃣", ref)), (KARIM, Reacted("✅", ref, added=False)),
    }  # fmt: skip


async def test_a_card_that_is_gone_does_not_stop_the_comparison(fake: FakeDiscord, heard: Heard) -> None:
    message = fake.put(CHANNEL, BOT, {"content": "une carte"})
    await Someone(fake).reacts(message, "✅")
    cards = [ReactedMessage(Ref(CHANNEL, "123"), frozenset()), ReactedMessage(Ref(CHANNEL, message["id"]), frozenset())]
    async with standing(fake, Memory(there={GUILD: cards}), heard=heard):
        assert [one.actor for one in await heard.until()] == [LEA]


async def test_more_than_a_page_of_reactions_is_read(fake: FakeDiscord, heard: Heard) -> None:
    message = fake.put(CHANNEL, BOT, {"content": "une carte"})
    people = [str(9_000_000_000_000_000 + number) for number in range(150)]
    fake.users |= {one: {"id": one, "username": one} for one in people}
    fake.reactions[message["id"]]["✅"] = people
    async with standing(
        fake, Memory(there={GUILD: [ReactedMessage(Ref(CHANNEL, message["id"]), frozenset())]}), heard=heard
    ):
        assert {one.actor for one in await heard.until(150)} == set(people)


async def test_a_reaction_to_a_message_that_we_did_not_know_is_made_up_for_once_it_is_found(
    fake: FakeDiscord, heard: Heard
) -> None:
    """A process that is killed right after it posted leaves a message that means nothing to the next one."""
    to, key, since = Address(GUILD, channel=CHANNEL), "0Bv7Kq2mX9LpZr4TtYw1aS", datetime.now(UTC)
    async with standing(fake) as platform:
        ref = await platform.post(to, Message((Text(("une carte",)),)), key=key)
    async with standing(fake, heard=heard) as platform:
        platform.catch_up.settled = 0.01
        await until(lambda: platform.catch_up.rounds > 0)
        await Someone(fake).reacts(fake.messages[CHANNEL][ref.message], "✅")
        await heard.until()
        heard.requests.clear()  # nobody knows the message yet: the core makes nothing of it
        assert await platform.find(to, key, since) == ref
        assert [(one.actor, one.what) for one in await heard.until()] == [(LEA, Reacted("✅", ref))]


# guilds


async def test_a_guild_that_invites_us_is_greeted_once(fake: FakeDiscord) -> None:
    memory = Memory()
    async with standing(fake, memory) as platform:
        guild = await fake.join()
        await fake.outage(guild)
        await fake.outage(guild, over=True)
        await _says(fake)
        assert platform.inbound.welcomed == [guild]  # type: ignore[attr-defined]
        assert memory.returned == [guild]


async def test_an_outage_is_no_farewell(fake: FakeDiscord) -> None:
    memory = Memory()
    async with standing(fake, memory):
        await fake.outage(GUILD)
        await fake.outage(GUILD, over=True)
        assert await _says(fake) == 4
    assert memory.gone == []


async def test_a_guild_that_throws_us_out_is_left(fake: FakeDiscord) -> None:
    memory = Memory()
    async with standing(fake, memory):
        await fake.leave(GUILD)
        await until(lambda: memory.gone == [GUILD])


async def test_a_guild_that_was_left_while_we_were_offline_is_left(fake: FakeDiscord) -> None:
    memory = Memory(teams=[GUILD, "1299999999999999999"])
    async with standing(fake, memory):
        await until(lambda: memory.gone == ["1299999999999999999"])


async def test_a_guild_that_was_left_and_invited_us_again_while_we_were_offline_is_back(fake: FakeDiscord) -> None:
    memory = Memory(gone=[GUILD])
    async with standing(fake, memory):
        await until(lambda: memory.returned == [GUILD])


# shards and processes


async def test_two_processes_share_the_shards_the_rate_and_the_turn_to_identify(fake: FakeDiscord) -> None:
    fake.gateway.advised = 2
    fake.gateway.identify_gap = 0.1
    memory = Shared(0.12)
    hurry = replace(HURRY, rate=45.0, patience=Patience(first=0.01, longest=0.05, between=0.12, store=0.02))
    other = str((int(GUILD) >> 22 ^ 1) << 22)
    fake.guilds[other] = fake.made(other, "Autre", {})
    memory.teams = [GUILD, other]
    async with (
        standing(fake, memory, hurry, shards=(0,), count=2) as one,
        standing(fake, memory, hurry, shards=(1,), count=2) as two,
    ):
        await until(lambda: bool(one.guilds) and bool(two.guilds))
        assert {*one.guilds, *two.guilds} == {GUILD, other}
        assert one.gate.rate + two.gate.rate == 45.0
        assert await _says(fake) == 4
    assert len(fake.gateway.identified) == 2, "none was refused"
    assert memory.gone == [], "what the other one holds is not missed"


async def test_of_two_processes_with_the_same_shards_the_later_one_hears_and_the_other_stands_by(
    fake: FakeDiscord, heard: Heard
) -> None:
    memory, message = Memory(), fake.put(CHANNEL, BOT, {"content": "une carte"})
    none = Heard()
    async with standing(fake, memory, heard=none) as one:
        async with standing(fake, memory, heard=heard):
            await until(lambda: not one.supervisor.shards[0].held)
            await asyncio.sleep(0.2)  # neither takes it from the other again
            assert (len(fake.gateway.identified), len(fake.gateway.resumed)) == (1, 1)
            assert one.gate.rate == 1.0, "the rate is the other's"
            await Someone(fake).reacts(message, "✅")
            await heard.until()
        await until(one.supervisor.shards[0].up.is_set)
        assert none.requests == []
        assert one.gate.rate == HURRY.rate
        assert await _says(fake) == 4
    assert (len(fake.gateway.identified), len(fake.gateway.resumed)) == (1, 2), "the session went from one to the other"


async def test_a_shard_whose_process_was_killed_is_taken_back_after_a_while(fake: FakeDiscord) -> None:
    memory = Memory()
    async with standing(fake, memory) as one:
        await memory.hold("holder.0.1", "a process that says nothing more", 0.3, taking=True)
        await until(lambda: not one.supervisor.shards[0].held)
        await until(one.supervisor.shards[0].up.is_set)
        assert await _says(fake) == 4


async def test_a_guild_that_joined_while_another_process_heard_is_not_taken_for_left(fake: FakeDiscord) -> None:
    memory = Memory()
    async with standing(fake, memory) as one:
        await memory.hold("holder.0.1", "another", 5.0, taking=True)
        await until(lambda: not one.supervisor.shards[0].held)
        guild = await fake.join()
        (channel,) = fake.guilds[guild].channels
        await one.post(Address(guild, channel=channel), Message((Text(("bonjour",)),), "bonjour"), key="k1")
        assert len(fake.posted(channel)) == 1


class Shared(Memory):
    """A memory whose turns lie apart."""

    def __init__(self, gap: float) -> None:
        super().__init__()
        self.gap = gap
        self.next = 0.0

    async def turn(self, name: str, seconds: float) -> float:
        now = asyncio.get_running_loop().time()
        at = max(now, self.next)
        self.next = at + seconds
        return at - now


async def test_one_process_holds_as_many_shards_as_discord_advises(fake: FakeDiscord) -> None:
    fake.gateway.advised = 3
    async with standing(fake) as platform:
        await fake.gateway.ready(3)
        assert sorted(platform.supervisor.shards) == [0, 1, 2]
        assert await _says(fake) == 4


async def test_shards_that_there_are_not_are_refused_before_anything_is_called(fake: FakeDiscord) -> None:
    with pytest.raises(ConfigurationError, match=r"discord\.shards"):
        made(fake, Memory(), shards=(2,), count=2)
    assert fake.calls == []
