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
    """Show a prompt in a terminal; otherwise read one command a line, and print plain text."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        from bot.cli._terminal import run_terminal

        await run_terminal(options)
    else:
        await run_piped(sys.stdin, options)


async def run_piped(source: TextIO, options: Options) -> None:
    """Read lines until the end. The clock moves by `/avance` alone; a refused line is answered, and reading goes on."""
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
    """Open a demo, with the session that speaks to it."""
    platform = ConsolePlatform(show)
    async with opened(options, platform, VirtualClock(datetime.now(UTC))) as running:
        for message in running.kept:
            platform.restore(message.to, message.message, key=message.key, ref=message.ref)
        people, registry = demo.PEOPLE, running.app.registry
        place = Place(running.workspace, running.channel, people, zone(ZONE), running.language, registry)
        yield running, Session(platform, place, running.journey, say)
