"""The demo's own parts: a moved clock, the console, and a database that is a demo's."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from adapters.console.platform import ConsolePlatform, Shown
from adapters.console.session import Place, Session
from bot import demo
from bot.catalogue.loader import load
from bot.cli._compose import App, compose
from bot.clock import VirtualClock
from bot.config import load as load_settings
from bot.domain.civil import instant, local
from bot.errors import ConfigurationError, RefusalError
from bot.i18n import Language, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.i18n import Texts
    from bot.ports import Tx

ZONE = ZoneInfo("Europe/Paris")
USED_BY, CLOCK = "used_by", "demo_clock"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for. `now`: ISO, naive = the team's zone."""

    language: Language
    now: str | None = None
    database: str | None = None


class Journey:
    """Moves the virtual clock from one due instant to the next (port: adapters.console.session.Journey)."""

    def __init__(self, app: App, clock: VirtualClock) -> None:
        self._app = app
        self._clock = clock

    async def settle(self) -> None:
        await self._app.engine.settle()

    async def forward(self, by: timedelta) -> None:
        """Whole days are days of the wall clock: a week from Monday 8:55 is Monday 8:55, whatever the season does."""
        days, rest = timedelta(days=by.days), timedelta(seconds=by.seconds)
        end = instant(local(self._clock.now(), ZONE) + days, ZONE) + rest
        await self.settle()
        while (due := await self._app.engine.next_at()) is not None and due <= end:
            self._clock.move_to(max(due, self._clock.now()))
            await self.settle()
        self._clock.move_to(end)
        await self._app.store.write(lambda tx: tx.facts.put(CLOCK, end.isoformat()))


def start_of(options: Options, saved: str | None) -> datetime:
    """Where the clock starts: as asked, else where a kept demo stopped, else the machine's present."""
    if options.now is None:
        return datetime.fromisoformat(saved) if saved else datetime.now(UTC)
    try:
        asked = datetime.fromisoformat(options.now)
    except ValueError as error:
        raise ConfigurationError("demo.bad_now", typed=options.now[:40]) from error
    return asked if asked.tzinfo else instant(asked, ZONE)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is ready to be spoken to."""

    app: App
    clock: VirtualClock
    platform: ConsolePlatform
    session: Session
    texts: Texts


@asynccontextmanager
async def opened(options: Options, screen: Screen) -> AsyncIterator[Demo]:
    """Compose the demo over its database; a temporary one is gone afterwards."""
    settings = load_settings()
    with tempfile.TemporaryDirectory(prefix="vigie-demo-") as folder:
        address = options.database or f"sqlite:///{Path(folder) / 'demo.db'}"
        clock = VirtualClock(datetime.now(UTC))
        screen.clock = clock
        platform = ConsolePlatform(screen.show)
        app = compose(address, clock, [platform], folder=settings.catalogue_dir, language=options.language)
        saved = await app.store.write(_claim)
        clock.move_to(start_of(options, saved))
        place = await app.store.write(lambda tx: _place(tx, app, options))
        await platform.start(app.pipeline.receive)
        session = Session(platform, place, Journey(app, clock), next(iter(place.people)))
        try:
            yield Demo(app, clock, platform, session, texts(options.language))
        finally:
            await app.store.close()


def _claim(tx: Tx) -> str | None:
    """Mark the database as a demo's; one that `vigie run` works on is refused. Returns the clock kept in it."""
    user = tx.facts.get(USED_BY)
    if user not in (None, "demo") or (user is None and tx.teams.ids()):
        raise ConfigurationError("demo.not_a_demo")
    tx.facts.put(USED_BY, "demo")
    return tx.facts.get(CLOCK)


def _place(tx: Tx, app: App, options: Options) -> Place:
    team = tx.teams.find("console", demo.WORKSPACE)
    language = team.language if team else options.language
    if team is None:
        demo.seed(tx, app.registry, load(None), language, "console")
    return Place(demo.WORKSPACE, demo.CHANNEL[language], demo.PEOPLE)


class Screen:
    """Prints what happens as plain text: a heading that says where and when, then the message."""

    def __init__(self, out: TextIO, language: Language) -> None:
        self._out = out
        self._texts = texts(language)
        self.clock: VirtualClock | None = None

    def show(self, shown: Shown, event: str) -> None:
        from adapters.console.render import render

        self.say(f"— {self._heading(shown, event)}")
        for line in render(shown.message) if event != "delete" else ():
            self.say(f"  {line}")

    def _heading(self, shown: Shown, event: str) -> str:
        place = f"#{shown.to.channel}" if shown.to.channel else f"@{_called(shown.to.member)}"
        assert self.clock is not None
        there = local(self.clock.now(), ZONE)
        when = f"{self._texts.date(there.date())}, {self._texts.time(there.time())}"
        return self._texts.text(f"console.{event}", number=str(shown.number), place=place, when=when)

    def say(self, line: str) -> None:
        print(line, file=self._out, flush=True)


def _called(account: str | None) -> str:
    return next((name for name, known in demo.PEOPLE.items() if known == account), account or "")


async def run_piped(source: TextIO, options: Options) -> None:
    """One line a command, plain text out; the clock stands still but for `/avance`. A refused line is answered."""
    import sys

    screen = Screen(sys.stdout, options.language)
    async with opened(options, screen) as running:
        await running.session.settle()
        for raw in source:
            line = raw.strip()
            if not line:
                continue
            screen.say(f"{running.session.speaker}> {line}")
            try:
                await running.session.line(line)
            except RefusalError as error:
                values = {
                    key: ", ".join(value) if isinstance(value, list) else value for key, value in error.params.items()
                }
                screen.say(f"  {running.texts.text(error.key, **values)}")
