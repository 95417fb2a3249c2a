"""The demo in this terminal, or through a pipe: the console's parts put together over an open demo."""

from __future__ import annotations

import os
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from adapters.console.platform import ConsolePlatform
from adapters.console.session import Place, Session
from adapters.console.transcript import Transcript
from bot.cli import _demo_team as demo
from bot.cli._demo import ZONE, opened
from bot.clock import VirtualClock
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from adapters.console.platform import Shown
    from bot.cli._demo import Demo, Options


async def run(options: Options) -> None:
    """In a terminal a prompt; otherwise one line a command, plain text out."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        from bot.cli._terminal import run_terminal

        await run_terminal(options)
    else:
        await run_piped(sys.stdin, options)


async def run_piped(source: TextIO, options: Options) -> None:
    """The clock stands still but for `/avance`. A refused line is answered, and the next one is read."""
    screen = Transcript(lambda line: print(line, flush=True))
    async with spoken_to(options, screen.show, screen.say) as (_, session):
        screen.heading = session.headings
        await session.settle()
        for raw in source:
            line = raw.strip()
            if not line:
                continue
            screen.line(f"{session.speaker}> {line}")
            await session.line(line)
            if session.over:
                break


@asynccontextmanager
async def spoken_to(
    options: Options, show: Callable[[Shown, str], None], say: Callable[[str], None]
) -> AsyncIterator[tuple[Demo, Session]]:
    """An open demo, and the session that speaks to it."""
    platform = ConsolePlatform(show)
    async with opened(options, platform, VirtualClock(datetime.now(UTC))) as running:
        for one in running.kept:
            platform.restore(one.to, one.message, key=one.key, ref=one.ref)
        people, registry = demo.PEOPLE, running.app.registry
        place = Place(running.workspace, running.channel, people, zone(ZONE), running.language, registry)
        yield running, Session(platform, place, running.journey, say)
