"""What we say in Discord, when it or the network fails: nothing lost, nothing twice, and the right kind of error."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord import rate_limit
from adapters.discord.inbound import Inbound
from adapters.discord.platform import Credentials, DiscordPlatform
from adapters.discord.post import nonce
from adapters.discord.rate_limit import Gate
from adapters.discord.render import V2, key_of
from bot.errors import OutcomeUnknownError, RecipientGoneError, TransportError
from bot.message import Button, File, Message, Reply, Text, Who
from bot.ports import Address
from bot.registry import load
from bot.request import Typed
from tests.adapters.discord.plain import HURRY, Heard, Memory, made, standing, until
from tests.fakes.discord import BOT, CHANNEL, GUILD, KARIM, LEA, OTHER, Bucket, FakeDiscord, Someone, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.api import Api
    from adapters.discord.post import Post
    from bot.request import Request

TO = Address(GUILD, channel=CHANNEL)
PRIVATE = Address(GUILD, member=LEA)
HELLO = Message((Text(("bonjour",)),), "bonjour")
OTHERWISE = Message((Text(("au revoir",)), Button("Fait", "done", "i1")), "au revoir")
SINCE = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    started = await FakeDiscord().start()
    yield started
    await started.stop()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def platform(fake: FakeDiscord, memory: Memory) -> AsyncIterator[DiscordPlatform]:
    async with standing(fake, memory, replace(HURRY, timeout=0.5)) as connected:
        yield connected


class _Nothing:
    """Suggests nothing."""

    async def choices(self, payload: dict[str, Any]) -> list[dict[str, Any]]:
        return []


def quick(api: Api, post: Post) -> Inbound:
    """The real inbound side, which announces soon."""
    made_ = Inbound(api, post, load(), _Nothing(), lambda _: None)
    made_.patience = 0.05
    return made_


async def _error(platform: DiscordPlatform, to: Address = TO) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await platform.post(to, HELLO, key="k1")
    return caught.value


# once for a key


@pytest.mark.parametrize("kind", ["reset_after", "silent"])
async def test_a_lost_answer_and_a_second_try_make_one_message(
    platform: DiscordPlatform, fake: FakeDiscord, kind: str
) -> None:
    fake.fail(kind, "POST /channels/")
    assert isinstance(await _error(platform), OutcomeUnknownError)
    ref = await platform.post(TO, HELLO, key="k1")
    assert [one["id"] for one in fake.posted()] == [ref.message]
    assert len(fake.called(f"POST /channels/{CHANNEL}/messages")) == 2


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_what_discord_py_tries_again_by_itself_is_one_message(
    fake: FakeDiscord, memory: Memory, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = asyncio.sleep
    monkeypatch.setattr("discord.http.asyncio.sleep", lambda _: real(0))
    async with standing(fake, memory) as platform:
        fake.fail("server", "POST /channels/", status=status)
        await platform.post(TO, HELLO, key="k1")
    assert len(fake.posted()) == 1


async def test_another_process_posts_the_same_key_and_it_is_one_message(
    fake: FakeDiscord, platform: DiscordPlatform
) -> None:
    first = await platform.post(TO, HELLO, key="k1")
    async with standing(fake) as other:
        assert await other.post(TO, HELLO, key="k1") == first
    assert len(fake.posted()) == 1


async def test_a_retry_after_the_message_was_taken_away_counts_as_delivered(
    fake: FakeDiscord, platform: DiscordPlatform
) -> None:
    fake.fail("reset_after", "POST /channels/")
    await _error(platform)
    fake.messages[CHANNEL].clear()
    ref = await platform.post(TO, HELLO, key="k1")
    assert fake.posted() == []
    with pytest.raises(TransportError) as caught:
        await platform.edit(ref, OTHERWISE)
    assert caught.value.permanent
    await platform.delete(ref)


def test_a_nonce_is_short_stable_and_of_its_channel() -> None:
    assert nonce("1", "k") == nonce("1", "k")
    assert len({nonce("1", "k"), nonce("2", "k"), nonce("1", "l")}) == 3
    assert len(nonce("1", "k")) == 22


async def test_calls_at_the_same_time_post_once(platform: DiscordPlatform, fake: FakeDiscord) -> None:
    refs = await asyncio.gather(*(platform.post(TO, HELLO, key="k1") for _ in range(10)))
    assert len(set(refs)) == len(fake.posted()) == 1
    assert len(fake.called("POST /channels/")) == 1


# found again


@pytest.mark.parametrize("kind", ["server", "reset_before", "reset_after", "silent"])
async def test_when_nobody_knows_what_became_of_a_post_it_says_so_and_the_history_knows(
    platform: DiscordPlatform, fake: FakeDiscord, kind: str
) -> None:
    fake.fail(kind, "POST /channels/")
    assert isinstance(await _error(platform), OutcomeUnknownError)
    found = await platform.find(TO, "k1", SINCE)
    assert (found is not None) == (kind in ("reset_after", "silent"))


async def test_a_message_is_found_by_another_process_among_many_long_after_its_nonce(
    fake: FakeDiscord, platform: DiscordPlatform
) -> None:
    ref = await platform.post(TO, HELLO, key="k1")
    for number in range(250):
        fake.put(CHANNEL, KARIM, {"content": f"{number}"})
    last = await platform.post(TO, HELLO, key="k2")
    fake.nonces.clear()
    async with standing(fake) as other:
        assert await other.find(TO, "k1", SINCE) == ref
        assert await other.find(TO, "k2", SINCE) == last
        assert await other.find(TO, "k3", SINCE) is None


async def test_a_message_that_somebody_else_made_look_like_ours_is_not_found(
    fake: FakeDiscord, platform: DiscordPlatform
) -> None:
    await platform.post(TO, HELLO, key="k1")
    (ours,) = fake.posted()
    fake.put(CHANNEL, KARIM, {"components": ours["components"], "flags": V2})
    fake.messages[CHANNEL].pop(ours["id"])
    async with standing(fake) as other:
        assert await other.find(TO, "k1", SINCE) is None


async def test_a_history_that_cannot_be_read_is_not_an_empty_one(platform: DiscordPlatform, fake: FakeDiscord) -> None:
    fake.fail("error", "GET /channels/", status=403, code=50001)
    with pytest.raises(TransportError):
        await platform.find(TO, "k1", SINCE)


# what kind of failure


@pytest.mark.parametrize(
    ("status", "code"), [(404, 10003), (403, 50001), (403, 50013), (401, 0), (400, 50006), (403, 40002)]
)
async def test_what_will_fail_again_is_permanent(
    platform: DiscordPlatform, fake: FakeDiscord, status: int, code: int
) -> None:
    fake.fail("error", "POST /channels/", status=status, code=code)
    error = await _error(platform)
    assert (error.permanent, error.params["code"], error.params["status"]) == (True, code, status)


async def test_a_channel_that_was_deleted_is_permanent(platform: DiscordPlatform, fake: FakeDiscord) -> None:
    fake.remove(OTHER)
    assert (await _error(platform, Address(GUILD, channel=OTHER))).permanent


async def test_a_guild_that_threw_us_out_is_permanent(platform: DiscordPlatform, fake: FakeDiscord) -> None:
    await fake.leave(GUILD)
    await until(lambda: not platform.guilds)
    fake.calls.clear()
    error = await _error(platform)
    assert (error.permanent, error.key) == (True, "discord.left")
    assert fake.calls == [], "Discord counts what it has to refuse"


async def test_discord_away_is_passing(fake: FakeDiscord, platform: DiscordPlatform) -> None:
    fake.fail("server", "POST /channels/", status=503)
    assert not (await _error(platform)).permanent


async def test_nothing_can_be_said_before_the_login(fake: FakeDiscord) -> None:
    fake.fail("server", "GET /users/@me", times=1000, status=503)
    platform = made(fake, Memory())
    await platform.start(Heard().receive)
    error = await _error(platform)
    assert (error.permanent, error.key) == (False, "transport.unreachable")
    await platform.stop()


# limits


async def test_a_short_limit_is_waited_out_by_the_call(fake: FakeDiscord, platform: DiscordPlatform) -> None:
    fake.fail("limited", "POST /channels/", seconds=0.05)
    await platform.post(TO, HELLO, key="k1")
    assert len(fake.posted()) == 1


async def test_a_long_limit_is_left_to_the_outbox(fake: FakeDiscord, platform: DiscordPlatform) -> None:
    fake.fail("limited", "POST /channels/", seconds=45.0)
    error = await _error(platform)
    assert (error.permanent, error.retry_after, type(error)) == (False, 45.0, TransportError)


async def test_a_storm_of_refusals_loses_nothing(fake: FakeDiscord, memory: Memory) -> None:
    fake.fail("limited_global", "POST /channels/", times=40, seconds=0.02)
    async with standing(fake, memory, replace(HURRY, timeout=20)) as platform:
        fake.channels |= {str(10**18 + n): fake.channels[CHANNEL] | {"id": str(10**18 + n)} for n in range(40)}
        await asyncio.gather(
            *(platform.post(Address(GUILD, channel=str(10**18 + n)), HELLO, key="k") for n in range(40))
        )
    assert sum(len(fake.posted(str(10**18 + n))) for n in range(40)) == 40


async def test_a_channels_own_limit_is_kept(fake: FakeDiscord, memory: Memory) -> None:
    fake.bucket = Bucket(5, 0.3)
    async with standing(fake, memory, replace(HURRY, timeout=20)) as platform:
        await asyncio.gather(*(platform.post(TO, HELLO, key=f"k{n}") for n in range(12)))
    assert len(fake.posted()) == 12
    assert [one.status for one in fake.calls if one.status == 429] == []


async def test_many_messages_due_at_once_all_arrive_without_a_refusal_as_fast_as_the_gate_lets_them(
    fake: FakeDiscord, memory: Memory, request: pytest.FixtureRequest
) -> None:
    """At 45 a second before Discord's 50. Others may keep the machine busy: one time of three has to be fast enough."""
    count = 400 if request.config.getoption("--long") else 100
    fake.judged = False
    many = [str(10**18 + n) for n in range(count)]
    fake.channels |= {one: fake.channels[CHANNEL] | {"id": one} for one in many}
    async with standing(fake, memory, replace(HURRY, rate=45.0, timeout=60)) as platform:
        for key in ("k1", "k2", "k3"):
            began = time.monotonic()
            await asyncio.gather(*(platform.post(Address(GUILD, channel=one), HELLO, key=key) for one in many))
            took = time.monotonic() - began
            assert {len(fake.messages.pop(one)) for one in many} == {1}
            if took <= 1.15 * count / 45.0:
                break
    assert [one for one in fake.calls if one.status == 429] == []
    assert took <= 1.15 * count / 45.0


async def test_a_busy_loop_does_not_let_a_burst_through() -> None:
    """After half a second in which nothing could run, no more than a few calls leave at once."""
    fast = Gate(45.0)
    left: list[float] = []

    async def call() -> None:
        await fast.turn()
        left.append(time.monotonic())

    calls = [asyncio.ensure_future(call()) for _ in range(30)]
    await asyncio.sleep(0.05)
    time.sleep(0.4)  # noqa: ASYNC251  # a loop that is stuck
    stuck = time.monotonic()
    await asyncio.gather(*calls)
    assert sum(at < stuck + 0.05 for at in left if at > stuck) <= 6


async def test_too_many_refusals_open_the_circuit_until_they_age(
    fake: FakeDiscord, platform: DiscordPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.gate.most = 5
    fake.fail("error", "POST /channels/", times=5, status=403, code=50013)
    for _ in range(5):
        assert (await _error(platform)).key == "transport.refused"
    before = len(fake.calls)
    error = await _error(platform)
    assert (error.key, error.permanent) == ("discord.circuit", False)
    assert len(fake.calls) == before, "nothing is sent"
    monkeypatch.setattr(rate_limit, "WINDOW", 0.0)
    await platform.post(TO, HELLO, key="k1")


async def test_answers_to_people_wait_for_no_gate(fake: FakeDiscord) -> None:
    async with standing(fake, manner=replace(HURRY, rate=20.0)) as platform:
        posting = [asyncio.ensure_future(platform.post(TO, HELLO, key=f"k{n}")) for n in range(40)]
        began = time.monotonic()
        assert (await Someone(fake).types("/cm dire", ligne="jour")).kind == 4
        assert time.monotonic() - began < 1.0
        for one in posting:
            one.cancel()
        await asyncio.gather(*posting, return_exceptions=True)


# edits


async def test_a_message_is_edited_some_times_at_will_then_once_in_a_while(fake: FakeDiscord, memory: Memory) -> None:
    async with standing(fake, memory, replace(HURRY, edit_every=20.0)) as platform:
        ref, other = [await platform.post(TO, HELLO, key=key) for key in ("k1", "k2")]
        for _ in range(3):
            await platform.edit(ref, OTHERWISE)
        with pytest.raises(TransportError) as caught:
            await platform.edit(ref, OTHERWISE)
        await platform.edit(other, OTHERWISE)
    assert not caught.value.permanent
    assert caught.value.retry_after == pytest.approx(20.0, abs=1.0)
    assert len(fake.called(f"PATCH /channels/{CHANNEL}/messages/{ref.message}")) == 3


@pytest.mark.parametrize("via", [True, False])
async def test_an_old_message_that_was_edited_too_often_is_left_alone_for_a_while(
    fake: FakeDiscord, platform: DiscordPlatform, via: bool
) -> None:
    """Discord says 429 and not how long: discord.py stumbles over that when it believes that Discord wrote it."""
    ref = await platform.post(TO, HELLO, key="k1")
    fake.fail("error", "PATCH /channels/", status=429, code=30046, via=via)
    with pytest.raises(TransportError) as caught:
        await platform.edit(ref, OTHERWISE)
    assert (caught.value.permanent, caught.value.retry_after) == (False, 300.0)


async def test_an_edit_after_a_restart_keeps_what_the_message_was_posted_for(
    fake: FakeDiscord, platform: DiscordPlatform, memory: Memory
) -> None:
    memory.people = {"m1": KARIM}
    named = Message((Text((Who("m1", "Karim", notify=True),)), Button("Fait", "done", "i1")), "x")
    there, direct = [await platform.post(to, HELLO, key="k1") for to in (TO, PRIVATE)]
    async with standing(fake, memory) as other:
        for ref in (there, direct):
            await other.edit(ref, named)
    (message,) = fake.posted(direct.channel)
    assert key_of(message) == "k1"
    assert await platform.find(PRIVATE, "k1", SINCE) == direct
    assert f"<@{KARIM}>" in shown(fake.posted()[0])


# one person


async def test_a_direct_conversation_is_opened_once_and_remembered_over_a_restart(
    fake: FakeDiscord, platform: DiscordPlatform, memory: Memory
) -> None:
    await platform.post(PRIVATE, HELLO, key="k1")
    await platform.post(PRIVATE, HELLO, key="k2")
    async with standing(fake, memory) as other:
        await other.post(PRIVATE, HELLO, key="k3")
    assert len(fake.called("POST /users/@me/channels")) == 1
    assert len(fake.posted(fake.direct(LEA))) == 3


async def test_a_remembered_conversation_that_is_no_more_is_opened_anew(
    fake: FakeDiscord, platform: DiscordPlatform, memory: Memory
) -> None:
    memory.kept[f"direct.{LEA}"] = "1999999999999999999"
    await platform.post(PRIVATE, HELLO, key="k1")
    assert len(fake.posted(fake.direct(LEA))) == 1


async def test_a_person_who_has_left_the_server_is_gone(fake: FakeDiscord, platform: DiscordPlatform) -> None:
    fake.fail("error", f"POST /channels/{fake.direct(LEA)}/", times=99, status=403, code=50278)

    assert isinstance(await _error(platform, PRIVATE), RecipientGoneError)
    assert fake.posted() == []


async def test_who_takes_no_direct_messages_is_spoken_to_by_name_in_the_teams_channel(
    fake: FakeDiscord, platform: DiscordPlatform
) -> None:
    fake.fail("error", f"POST /channels/{fake.direct(LEA)}/", times=99, status=403, code=50007)
    ref = await platform.post(PRIVATE, HELLO, key="k1")
    assert await platform.post(PRIVATE, HELLO, key="k1") == ref
    (message,) = fake.posted()
    assert shown(message).startswith(f"<@{LEA}>\nIl y a quelque chose")
    assert fake.called(f"POST /channels/{CHANNEL}")[0].body["allowed_mentions"]["users"] == [LEA]
    async with standing(fake) as other:
        assert await other.find(PRIVATE, "k1", SINCE) == ref


async def test_who_takes_no_direct_messages_in_a_team_without_a_channel_is_permanent(
    fake: FakeDiscord, platform: DiscordPlatform, memory: Memory
) -> None:
    fake.closed.add(LEA)
    memory.channel = None
    assert (await _error(platform, PRIVATE)).permanent


# markup and refusals


async def test_only_who_is_asked_for_is_notified(fake: FakeDiscord, platform: DiscordPlatform, memory: Memory) -> None:
    memory.people = {"m1": KARIM, "m2": LEA}
    line = ("@everyone <@&1> ", Who("m1", "Karim", notify=True), " ", Who("m2", "Léa"))
    await platform.post(TO, Message((Text(line),), "x"), key="k1")
    body = fake.called("POST /channels/")[0].body
    assert body["allowed_mentions"] == {"parse": [], "users": [KARIM]}


async def test_components_that_discord_refuses_are_said_in_plain_words(
    fake: FakeDiscord, platform: DiscordPlatform
) -> None:
    fake.fail("error", "POST /channels/", status=400, code=50035)
    await platform.post(TO, OTHERWISE, key="k1")
    (message,) = fake.posted()
    assert "au revoir" in message["content"]


async def test_a_line_to_type_is_in_the_language_of_the_team(fake: FakeDiscord, platform: DiscordPlatform) -> None:
    ref = await platform.post(TO, Message((Button("Demain", "say", "x" * 120),), "demain"), key="k1")
    assert "/cm dire xxx" in shown(fake.posted()[0])
    await platform.edit(ref, Message((Button("Demain", "say", "y" * 120),), "demain"))
    assert "/cm dire yyy" in shown(fake.posted()[0])


# files

FILE = Message((Text(("Le bilan",)), File("bilan.csv", "réseau;posts\nInstagram;12")), "bilan")


async def test_a_file_is_uploaded_once_for_a_key_and_again_with_an_edit(
    fake: FakeDiscord, platform: DiscordPlatform
) -> None:
    fake.fail("reset_after", "POST /channels/")
    with pytest.raises(OutcomeUnknownError):
        await platform.post(TO, FILE, key="k1")
    ref = await platform.post(TO, FILE, key="k1")
    (message,) = fake.posted()
    assert [(one["filename"], one["url"]) for one in message["attachments"]] == [
        ("bilan.csv", "réseau;posts\nInstagram;12")
    ]
    await platform.edit(ref, Message((*FILE.blocks, File("deux.csv", "x")), "bilan"))
    assert [one["filename"] for one in fake.posted()[0]["attachments"]] == ["bilan.csv", "deux.csv"]


async def test_a_limit_met_by_a_file_is_waited_for(fake: FakeDiscord, platform: DiscordPlatform) -> None:
    fake.fail("limited", "POST /channels/", seconds=0.05)
    await platform.post(TO, FILE, key="k1")
    assert [one["filename"] for one in fake.posted()[0]["attachments"]] == ["bilan.csv"]


# answers


@pytest.mark.parametrize("late", [False, True])
async def test_a_file_comes_with_an_answer(fake: FakeDiscord, late: bool) -> None:
    """In the answer itself, in the place of « thinking », and in what follows."""

    async def receive(_: Request) -> Reply:
        await asyncio.sleep(0.1 if late else 0)
        return Reply(
            Message((*FILE.blocks, *(Text(("mot " * 900,)) for _ in range(2)), File("deux.csv", "2")), "bilan")
        )

    platform = DiscordPlatform(Credentials(fake.token, fake.api, fake.gateway_url), Memory(), quick, HURRY)
    await platform.start(receive)
    await fake.gateway.ready()
    answer = await Someone(fake).types("/cm dire", ligne="jour")
    await until(lambda: bool(answer.followups))
    await platform.stop()
    assert answer.kind == (5 if late else 4)
    assert answer.message is not None
    assert [one["filename"] for one in answer.message["attachments"]] == ["bilan.csv"]
    assert [one["filename"] for one in answer.followups[0]["attachments"]] == ["deux.csv"]


async def test_an_answer_whose_receipt_was_lost_counts_as_given(fake: FakeDiscord) -> None:
    """40060: it is acknowledged already, by ourselves."""
    async with standing(fake) as platform:
        fake.fail("reset_after", "POST /interactions/")
        answer = await Someone(fake).types("/cm dire", ligne="jour")
        await until(lambda: len(fake.called("POST /interactions/")) == 2)
        assert answer.kind == 4
        assert [one.status for one in fake.called("POST /interactions/")] == [204, 400]
        assert platform.inbound.late == []  # type: ignore[attr-defined]


async def test_an_answer_that_is_too_late_is_known_to_be(fake: FakeDiscord) -> None:
    """10062."""
    fake.interactions.patience = 0.0
    async with standing(fake) as platform:
        await Someone(fake).types("/cm dire", ligne="jour")
        await until(lambda: len(platform.inbound.late) == 1)  # type: ignore[attr-defined]


async def test_reactions_of_our_own_are_not_heard(fake: FakeDiscord) -> None:
    heard = Heard()
    async with standing(fake, heard=heard) as platform:
        ref = await platform.post(TO, HELLO, key="k1")
        await Someone(fake, BOT).reacts(fake.messages[CHANNEL][ref.message])
        await Someone(fake).types("/cm dire", ligne="jour")
    assert [one.what for one in heard.requests] == [Typed("jour")]
