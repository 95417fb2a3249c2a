from __future__ import annotations

import io
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from adapters.http import HEADERS, LARGEST_BODY, Server
from bot.engine.health import Look

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


class Served:
    """A server with one route, and what it lacks."""

    reasons: Mapping[str, int] = {}
    address = ""

    async def look(self) -> Look:
        return Look(self.reasons, {"backlog": 3})


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    there = Served()
    server = Server([web.post("/echo", echo)], there.look)
    there.address = f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}"
    yield there
    await server.stop()


async def test_it_says_that_it_is_alive(served: Served) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{served.address}/healthz") as answer:
        assert (answer.status, await answer.text()) == (200, "ok\n")


async def test_it_is_ready_when_nothing_is_lacking(served: Served) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{served.address}/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "reasons": [], "figures": {"backlog": 3}})


async def test_it_says_why_it_is_not_ready(served: Served) -> None:
    served.reasons = {"tick": 200, "database": 0}
    async with aiohttp.ClientSession() as http, http.get(f"{served.address}/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {
            "ready": False,
            "reasons": [{"reason": "tick", "seconds": 200}, {"reason": "database", "seconds": 0}],
            "figures": {"backlog": 3},
        }


async def test_it_lives_even_when_it_is_not_ready(served: Served) -> None:
    served.reasons = {"database": 0}
    async with aiohttp.ClientSession() as http, http.get(f"{served.address}/healthz") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/nowhere"])
async def test_every_answer_is_hardened(served: Served, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{served.address}{path}") as answer:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["Server"] == "vigie"


async def test_a_body_that_is_too_large_is_refused(served: Served) -> None:
    body = io.BytesIO(b"x" * (LARGEST_BODY + 1))
    async with aiohttp.ClientSession() as http, http.post(f"{served.address}/echo", data=body) as answer:
        assert answer.status == 413


async def test_a_port_that_is_taken_is_said(served: Served) -> None:
    port = int(served.address.rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        await Server([], served.look).start("127.0.0.1", port)
