"""Many pages open at once: each sees every message, and the memory stays where it was.

uv run pytest -n 0 -s --long tests/adapters/web/test_crowd.py prints the figures of the long form.
"""

from __future__ import annotations

import asyncio
import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.message import Button, Message, TaskLine, Text
from bot.ports import Address

if TYPE_CHECKING:
    from tests.adapters.web.visit import Visited

STATM = Path("/proc/self/statm")
MEGABYTE = 1024 * 1024
GROWTH = 8 * MEGABYTE
"""What the process may grow by once everybody is there: the messages themselves, kept by server and visitors."""


def _resident() -> int:
    """Bytes of this process (server and visitors together)."""
    gc.collect()
    return int(STATM.read_text("ascii").split()[1]) * 4096


def _nudge(number: int) -> Message:
    items = tuple(
        TaskLine(place, "open", (f"Chose {place}",), (), (Button("C’est fait", "done", "x"),)) for place in (1, 2, 3)
    )
    return Message((Text((f"Rappel {number}",), "title"), *items), f"Rappel {number}")


async def _visit(visited: Visited, wanted: int, seen: list[int], here: asyncio.Semaphore) -> None:
    """Open a page and count the messages that it is told, until it has all of them; nothing else is kept."""
    async with visited.visitor() as visitor:
        here.release()
        for _ in range(wanted):
            frame: dict[str, Any] = await visitor.until(lambda one: one["type"] == "post", patience=120)
            visitor.told.clear()
            visitor.cards.clear()
            seen.append(int(frame["message"]["message"]["summary"].split()[1]))


@pytest.mark.skipif(not STATM.exists(), reason="this system does not say how much memory a process takes")
async def test_every_page_sees_every_message_and_the_memory_stays_flat(
    visited: Visited, request: pytest.FixtureRequest
) -> None:
    pages, nudges, pause = (200, 60, 1.0) if request.config.getoption("--long") else (50, 10, 0.2)
    seen: list[list[int]] = [[] for _ in range(pages)]
    here = asyncio.Semaphore(0)
    slowest = 0.0
    async with asyncio.TaskGroup() as group:
        for own in seen:
            group.create_task(_visit(visited, nudges, own, here))
        for _ in range(pages):
            await here.acquire()
        before = _resident()
        for number in range(nudges):
            since = time.perf_counter()
            await visited.platform.post(Address("atelier", channel="équipe"), _nudge(number), key=f"n{number}")
            while any(len(own) <= number for own in seen):  # noqa: ASYNC110  # how long until the last page has it
                await asyncio.sleep(0.005)
            slowest = max(slowest, time.perf_counter() - since)
            await asyncio.sleep(pause)
        grown = _resident() - before
    print(f"{pages} pages, {nudges} nudges: slowest {slowest * 1000:.0f} ms, memory {grown / MEGABYTE:+.1f} MB")

    assert all(own == list(range(nudges)) for own in seen)
    assert grown < GROWTH
