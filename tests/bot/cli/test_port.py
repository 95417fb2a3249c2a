"""The one port, and the address that is told for it."""

from __future__ import annotations

import socket

import aiohttp
import pytest

from bot.cli._port import on_port
from bot.engine.health import Look
from bot.errors import ConfigurationError


async def fine() -> Look:
    return Look({}, {})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_the_address_that_is_told_can_be_opened(host: str) -> None:
    async with (
        on_port(host, 0, [], fine) as address,
        aiohttp.ClientSession() as http,
        http.get(f"{address}healthz") as answer,
    ):
        assert answer.status == 200


async def test_a_port_that_is_taken_is_a_wrong_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError, match="no_port"):
        async with on_port("127.0.0.1", taken.getsockname()[1], [], fine):
            pytest.fail("it is taken")
