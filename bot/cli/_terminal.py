"""The demo at a prompt: what the terminal shows first, and what it completes from."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from adapters.console.completion import Scene
from adapters.console.drawn import Look
from adapters.console.terminal import Screen, Terminal
from bot.cli._console import spoken_to
from bot.platforms.emoji import normalise

if TYPE_CHECKING:
    from adapters.console.session import Session
    from bot.cli._demo import Demo, Options
    from bot.cli._demo_clock import Upcoming
    from bot.ports import Tx

FACES = ("done", "mine", "later", "skip", "seen", "asked")
"""Meanings of emoji that are offered, the most usual first."""
TRIED = ("day", "done", "forward")
"""The three things to try."""


def look() -> Look:
    """Measure the terminal as it is now, whatever COLUMNS said when it was opened."""
    return Look(os.get_terminal_size(sys.stdin.fileno()).columns, colour=not os.environ.get("NO_COLOR"))


async def run_terminal(options: Options) -> None:
    """Run the demo at a prompt until somebody leaves."""
    screen = Screen(look)
    async with spoken_to(options, screen.show, screen.say) as (running, session):
        screen.headings = session.headings
        terminal = prompt(running, session, screen)
        welcome(running, session, screen)
        await session.settle()
        await terminal.run()


def prompt(running: Demo, session: Session, screen: Screen) -> Terminal:
    """Build the prompt over an open demo; its journeys print as they go."""
    language, texts = running.language, session.place.texts
    reactions = running.app.catalogue(running.team.id).defaults.reactions
    faces = {
        normalise(reaction.unicode[0]): texts.text(f"console.face.{name}")
        for name, reaction in reactions.items()
        if name in FACES
    }
    scene = Scene(session.place, session.visible_messages, faces)

    def tasks(tx: Tx) -> list[str]:
        assignments = [task for template in tx.templates.all(running.team.id) for task in template.tasks]
        return list(dict.fromkeys(task.title.say(language) for task in assignments))

    async def refresh() -> Upcoming | None:
        scene.tasks = await running.app.store.read(tasks)
        return await running.journey.upcoming()

    terminal = Terminal(session, screen, scene, refresh)
    running.journey.step = terminal.step
    return terminal


def welcome(running: Demo, session: Session, screen: Screen) -> None:
    """Say what this is, and three things to try."""
    texts = session.place.texts
    screen.say(f"**{texts.text('console.welcome.title')}**", "")
    screen.say(texts.text("console.welcome.what"), "")
    if running.kept:
        when = session.when(running.clock.now())
        screen.say(texts.text("console.welcome.again", when=when, count=len(running.kept)), "")
    screen.say(texts.text("console.welcome.try"), "")
    for key in TRIED:
        screen.say("  **{}**  {}".format(texts.text(f"console.try.{key}"), texts.text(f"console.try.{key}.what")), "")
    screen.say(texts.text("console.welcome.who", name=session.speaker), "")
