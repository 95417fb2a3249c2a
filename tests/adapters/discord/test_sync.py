"""Commands are declared when they changed, once, and as soon as Discord lets us."""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.discord import sync
from adapters.discord.sync import declare, keep_declared
from bot.errors import TransportError
from tests.adapters.discord.plain import Memory

ONE, OTHER = [{"name": "cm", "type": 1}], [{"name": "cm", "type": 1, "description": "x"}]


class Discord:
    """Takes commands, unless it is to fail."""

    def __init__(self, *failures: TransportError) -> None:
        self.application = "11"
        self.failures = list(failures)
        self.put: list[Any] = []

    async def call(self, method: str, path: str, body: Any = None, **ids: str) -> Any:
        if self.failures:
            raise self.failures.pop(0)
        self.put.append((method, path, body, ids))
        return body


async def test_the_same_commands_are_declared_once_even_by_another_process() -> None:
    discord, memory = Discord(), Memory()
    assert [await declare(discord, memory, ONE) for _ in range(2)] == [True, False]
    assert len(discord.put) == 1
    assert await declare(discord, memory, OTHER)


async def test_another_application_has_its_own() -> None:
    discord, memory = Discord(), Memory()
    await declare(discord, memory, ONE)
    discord.application = "12"
    assert await declare(discord, memory, ONE)


async def test_an_outage_is_waited_out() -> None:
    discord = Discord(TransportError("transport.busy", permanent=False, retry_after=0.01))
    await keep_declared(discord, Memory(), ONE)
    assert len(discord.put) == 1


async def test_a_refusal_is_not_repeated() -> None:
    discord = Discord(TransportError("transport.refused", permanent=True))
    await keep_declared(discord, Memory(), ONE)
    assert discord.put == []


async def test_it_waits_until_we_are_logged_in() -> None:
    discord = Discord()
    discord.application = ""
    waiting = asyncio.create_task(keep_declared(discord, Memory(), ONE))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    discord.application = "11"
    async with asyncio.timeout(5 * sync.GLANCE):
        await waiting
    assert discord.put[0][3] == {"application_id": "11"}
