"""The private touches on discord.py, each against the version that is pinned."""

from __future__ import annotations

import asyncio
import gc
import inspect
from importlib.metadata import requires, version
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord.gateway import DiscordWebSocket

from adapters.discord import compat, endpoints
from adapters.discord.rate_limit import Gate
from tests.adapters.discord.plain import standing, until
from tests.fakes.discord import GUILD, FakeDiscord, Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    made = await FakeDiscord().start()
    yield made
    await made.stop()


def test_discord_py_is_the_version_that_the_touches_were_tried_with() -> None:
    assert version("discord.py") == compat.VERSION
    pinned = next(one for one in requires("vigie") or [] if one.startswith("discord"))
    assert "<2.8" in pinned


def test_no_intent_is_privileged() -> None:
    asked = compat.INTENTS.value
    assert asked == discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True, dm_messages=True).value
    assert not asked & discord.Intents(members=True, presences=True, message_content=True).value


async def test_parsers_are_a_plain_dictionary_that_the_socket_shares() -> None:
    client = compat.build_client(Gate().trace())
    parsers = client._connection.parsers
    assert {"READY", "GUILD_CREATE", "INTERACTION_CREATE"} <= set(parsers)
    compat.listen(client, {"READY": lambda _: None}, lambda _: None)
    assert list(client._connection.parsers) == ["READY"]
    assert client._connection.parsers is parsers


@pytest.mark.parametrize("error", [KeyError("x"), TypeError(), ValueError(), AttributeError()])
async def test_an_event_that_cannot_be_read_is_told_of_and_goes_no_further(error: Exception) -> None:
    told: list[str] = []

    def broken(_: dict[str, Any]) -> None:
        raise error

    client = compat.build_client(Gate().trace())
    compat.listen(client, {"READY": broken}, told.append)
    client._connection.parsers["READY"]({})
    assert told == ["READY"]


def test_a_connection_takes_a_session_to_resume_and_where() -> None:
    known = set(inspect.signature(DiscordWebSocket.from_client).parameters)
    assert {"initial", "shard_id", "session", "sequence", "resume", "gateway"} <= known


async def test_a_connection_says_what_can_be_resumed_of_it(fake: FakeDiscord) -> None:
    async with standing(fake) as platform:
        socket = platform.supervisor.shards[0].socket
        assert socket is not None
        (session,) = fake.gateway.connected
        await until(lambda: socket.sequence == session.seq)
        assert compat.session_of(socket) == compat.Session(session.id, session.seq, fake.gateway_url)


async def test_one_setting_moves_every_call_and_another_the_gateway(fake: FakeDiscord) -> None:
    endpoints.point(fake.api + "/", fake.gateway_url)
    assert (discord.http.Route("GET", "/x").url, str(DiscordWebSocket.DEFAULT_GATEWAY)) == (
        f"{fake.api}/x", fake.gateway_url,
    )  # fmt: skip
    endpoints.point()
    assert (discord.http.Route.BASE, str(DiscordWebSocket.DEFAULT_GATEWAY)) == (endpoints.API, endpoints.GATEWAY)


async def test_the_trace_of_the_gate_sees_every_attempt(fake: FakeDiscord) -> None:
    async with standing(fake) as platform:
        before = platform.gate.refused
        fake.fail("limited", "GET /guilds", times=2, seconds=0.01)
        await platform.api.look("/guilds/{guild_id}", guild_id=GUILD)
        assert platform.gate.refused == before, "a shared limit is not held against us"
        fake.fail("limited_global", "GET /guilds", times=2, seconds=0.01)
        await platform.api.look("/guilds/{guild_id}", guild_id=GUILD)
        assert platform.gate.refused == before + 2


async def test_nothing_is_cached_of_a_guild_but_its_name_and_its_language(fake: FakeDiscord) -> None:
    for number in range(20):
        guild = str((2_000 + number) << 22)
        fake.guilds[guild] = fake.made(guild, f"Atelier {number}", {str(guild) + "1": "general"})
    async with standing(fake) as platform:
        await until(lambda: len(platform.guilds) == 21)
        assert (await Someone(fake).types("/cm dire", ligne="jour")).kind == 4
        assert len(platform.client.guilds) == 0
        gc.collect()
        assert not [one for one in gc.get_objects() if isinstance(one, discord.Guild)]


async def test_a_stopped_platform_leaves_no_thread_and_no_task(fake: FakeDiscord) -> None:
    import threading

    async with standing(fake):
        assert any("keep-alive" in one.name for one in threading.enumerate())
    await until(lambda: not any("keep-alive" in one.name for one in threading.enumerate()))
    left = [one.get_name() for one in asyncio.all_tasks() if one.get_name().startswith("discord")]
    assert left == []
