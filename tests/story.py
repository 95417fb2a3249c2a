"""Tell a team's day in code: people type, click and react; the clock moves; postings can be read.

async with tell(address) as story:
    await story.says("Léa", "fait veille")
    await story.until("2026-11-23T09:00")
    assert "✓ Veille du jour" in story.channel[-1]
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.console.platform import ConsolePlatform, Shown
from adapters.console.render import buttons, render
from bot.catalogue.loader import load
from bot.civil import instant, local
from bot.cli import _demo_team as demo
from bot.cli._compose import App, Choices, compose
from bot.clock import VirtualClock
from bot.engine.catchup import ALIVE
from bot.engine.metrics import NoMetrics
from bot.request import Clicked, Reacted, Request, Submitted, Typed
from bot.tasks.today import items_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from bot.engine.metrics import Metrics
    from bot.i18n import Language
    from bot.message import Message, Reply
    from bot.ports import Tx
    from bot.record.audit import Entry
    from bot.request import What
    from bot.tasks.checklist import Item

START = "2026-11-23T08:55"
PARIS = ZoneInfo("Europe/Paris")


@dataclass
class Event:
    """Change shown by the platform: time (local), place (`#channel` or `@account`), kind (`post`, `edit` …)."""

    at: datetime
    place: str
    kind: str
    number: int
    text: str


@dataclass
class Story:
    """Running product with people to speak as. Times are the team's wall clock (Paris)."""

    app: App
    clock: VirtualClock
    platform: ConsolePlatform
    place: demo.DemoTeam
    events: list[Event] = field(default_factory=list)
    keys: count[int] = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        """Return the local time."""
        return local(self.clock.now(), PARIS)

    @property
    def channel(self) -> list[str]:
        """Return the cards of the team channel as they read now, oldest first."""
        return self._list_cards(lambda shown: shown.to.channel is not None)

    def private(self, name: str) -> list[str]:
        """Return a person's private messages (not answers) as they read now, oldest first."""
        return self._list_cards(lambda shown: shown.to.member == demo.PEOPLE[name])

    def _list_cards(self, matches: object) -> list[str]:
        assert callable(matches)
        messages = (self.platform.numbered(number) for number in count(1))
        texts: list[str] = []
        for shown in messages:
            if shown is None:
                return texts
            if shown.ref is not None and matches(shown):
                texts.append(easy(shown.message))
        return texts

    async def says(self, name: str, line: str, *, key: str | None = None) -> str:
        """Type a line as a person; return the answer as text (empty when there is none)."""
        return await self.does(name, Typed(line), key=key)

    async def submits(self, name: str, action: str, values: Mapping[str, tuple[str, ...]]) -> str:
        """Submit a form; return the answer as text."""
        return await self.does(name, Submitted(action, values))

    async def clicks(self, name: str, number: int, label: str, *, key: str | None = None) -> str:
        """Click a button of message `number` by (the beginning of) its label; return the answer as text."""
        shown = self._shown(number)
        button = next(button for button in buttons(shown.message) if button.label.startswith(label))
        return await self.does(name, Clicked(button.action, button.target, shown.ref), key=key)

    async def reacts(
        self, name: str, number: int, emoji: str = "✅", *, added: bool = True, key: str | None = None
    ) -> str:
        """Put an emoji on message `number`, or take it off; return the answer as text."""
        ref = self._shown(number).ref
        assert ref is not None, "answers cannot be reacted to"
        return await self.does(name, Reacted(emoji, ref, added), key=key)

    def _shown(self, number: int) -> Shown:
        shown = self.platform.numbered(number)
        assert shown is not None, number
        return shown

    async def does(self, name: str, event: What, *, key: str | None = None) -> str:
        """Send any request and return the answer's text; it is kept as a numbered message with buttons to click."""
        reply = await self.reply(name, event, key=key)
        await self.app.engine.settle()
        if reply.message is None:
            return ""
        from bot.ports import Address

        self.platform.answer(Address(demo.WORKSPACE, member=demo.PEOPLE.get(name, name)), reply.message)
        return easy(reply.message)

    async def reply(self, name: str, event: What, *, key: str | None = None) -> Reply:
        """Return the product's own reply to a request."""
        account = demo.PEOPLE.get(name, name)
        key = key or f"story-{id(self)}-{next(self.keys)}"  # of this run: a database remembers the keys of the last
        request = Request(key, "console", demo.WORKSPACE, account, event, self.place.channel, name)
        return await self.app.pipeline.receive(request)

    @property
    def last(self) -> int:
        """Return the number of the newest message or answer."""
        return next(number for number in count(1) if self.platform.numbered(number + 1) is None)

    async def until(self, moment: str) -> list[Event]:
        """Move the clock to a local moment (ISO, or HH:MM of the same day), stopping at each due instant.

        Return the events on the way.
        """
        local_end = datetime.fromisoformat(moment if "T" in moment else f"{self.now:%Y-%m-%d}T{moment}")
        end = instant(local_end, PARIS)
        first = len(self.events)
        await self.app.engine.settle()
        while (due := await self.app.engine.next_at()) is not None and due <= end:
            self.clock.move_to(max(due, self.clock.now()))
            await self._beat()
            await self.app.engine.settle()
        self.clock.move_to(end)
        await self._beat()
        return self.events[first:]

    async def _beat(self) -> None:
        """Record a sign of life, as the process does every minute: a jump of the clock is no stop."""
        await self.app.store.write(lambda tx: tx.facts.put(ALIVE, tx.now.isoformat()))

    async def forward(self, **by: float) -> list[Event]:
        """Move the clock by a duration (arguments of timedelta); return the events on the way."""
        return await self.until(f"{self.now + timedelta(**by):%Y-%m-%dT%H:%M}")

    async def items(self) -> Sequence[Item]:
        """Return the team's items that can be listed today, by start."""
        return await self.app.store.read(self._list_items)

    def _list_items(self, tx: Tx) -> Sequence[Item]:
        team = tx.teams.get(self.place.team)
        assert team is not None
        return items_of(tx, team, team.today(tx.now))

    async def record(self) -> list[Entry]:
        """Return the team's whole record, oldest first."""
        entries = await self.app.store.read(lambda tx: list(tx.audit.latest(self.place.team, limit=100_000)))
        return entries[::-1]


@asynccontextmanager
async def tell(
    address: str,
    *,
    language: Language = "fr",
    start: str = START,
    chat: ConsolePlatform | None = None,
    metrics: Metrics | None = None,
) -> AsyncIterator[Story]:
    """Start a story over a database, or continue one; an empty database gets the demo team.

    `chat` is the platform of an earlier part of the story: chats outlive a restart.
    """
    clock = VirtualClock(instant(datetime.fromisoformat(start), PARIS))
    events: list[Event] = []

    def write(shown: Shown, kind: str) -> None:
        place = f"#{shown.to.channel}" if shown.to.channel else f"@{shown.to.member}"
        events.append(Event(local(clock.now(), PARIS), place, kind, shown.number, easy(shown.message)))

    platform = chat or ConsolePlatform(write)
    platform._write = write
    app = compose(address, clock, [platform], Choices(language=language, metrics=metrics or NoMetrics()))
    await platform.start(app.pipeline.receive)
    team = await app.store.read(lambda tx: tx.teams.find("console", demo.WORKSPACE))
    if team is None:
        place = await app.store.write(lambda tx: demo.seed(tx, app.registry, load(), language, "console"))
    else:
        place = demo.DemoTeam(team.id, demo.CHANNEL[team.language])
    try:
        yield Story(app, clock, platform, place, events)
    finally:
        await app.store.close()


def easy(message: Message) -> str:
    """Write a message as text with ordinary spaces: typography has tests of its own."""
    return "\n".join(render(message)).replace("\u202f", " ").replace("\u00a0", " ")
