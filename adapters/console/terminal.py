"""A prompt that stays at the bottom while messages arrive above it (prompt_toolkit), with the demo's clock in it.

A line is carried out beside the prompt: a long journey prints its messages while the next line is being typed, which
waits for its turn. Ctrl-C stops a journey where it is; Ctrl-D leaves.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style
from rich.cells import cell_len

from adapters.console.completion import suggestions
from adapters.console.drawn import Look, card, changed, note
from bot.civil import local

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from adapters.console.completion import Scene
    from adapters.console.platform import Shown
    from adapters.console.session import Session, Upcoming
    from bot.message import Message

AT_ONCE = 0.4
"""Seconds that an answer may take to stand above the next prompt rather than arrive over it."""
WEEK = 7
STYLE = Style.from_dict({
    "clock": "ansicyan",
    "speaker": "bold",
    "mark": "bold ansicyan",
    "bottom-toolbar": "noreverse",
    "completion-menu": "noinherit reverse",
    "completion-menu.completion.current": "noinherit bold underline",
    "completion-menu.meta.completion": "noinherit",
    "completion-menu.meta.completion.current": "noinherit bold",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between the messages of a journey: at leisure for the first ones, then quickly."""

    first: float = 0.15
    then: float = 0.02
    leisurely: int = 12


class Screen:
    """Draws what happens and keeps it until it can be printed."""

    def __init__(self, look: Callable[[], Look]) -> None:
        self._look = look
        self._old: dict[int, Message] = {}
        self.waiting: list[str] = []
        self.headings: Callable[[Shown, str], Sequence[str]] = lambda shown, event: [f"[{shown.number}] {event}"]

    def show(self, shown: Shown, event: str) -> None:
        """Draw a message with what happened to it; of a changed message, what is new in it."""
        old = self._old.get(shown.number)
        self._old[shown.number] = shown.message
        headings = self.headings(shown, event)
        if event == "delete":
            self.say(headings[0])
            return
        frame = "answer" if event == "answer" else "channel" if shown.to.channel else "private"
        only = changed(old, shown.message) if event == "edit" and old else None
        self.waiting.append(card(shown.message, headings, self._look(), frame, only))

    def say(self, words: str, style: str = "yellow") -> None:
        """Draw a note, which is no message of the product."""
        self.waiting.append(note(words, self._look(), style))

    def taken(self) -> str:
        """Take what waits to be printed."""
        text = "".join(self.waiting)
        self.waiting.clear()
        return text


class Terminal:
    """The prompt, over a session. `refresh` is awaited after each line and gives the next message."""

    def __init__(
        self, session: Session, screen: Screen, scene: Scene, refresh: Callable[[], Awaitable[Upcoming | None]]
    ) -> None:
        self._session = session
        self._screen = screen
        self._refresh = refresh
        self._coming: Upcoming | None = None
        self._busy = 0
        self._printed = 0
        self._halted = False
        self._turn = asyncio.Lock()
        self._prompt: PromptSession[str] = PromptSession(
            message=self._status,
            completer=_Completer(scene),
            history=InMemoryHistory(),
            auto_suggest=AutoSuggestFromHistory(),
            bottom_toolbar=self._hints,
            style=STYLE,
            complete_while_typing=True,
        )
        self.pace = Pace()
        self.write: Callable[[str], None] = self._write

    @property
    def columns(self) -> int:
        return self._prompt.output.get_size().columns

    async def run(self) -> None:
        """Read lines until somebody leaves.

        The terminal stays raw between two prompts: there, in line mode, it would swallow a Ctrl-D typed ahead.
        """
        tasks: set[asyncio.Task[None]] = set()
        with patch_stdout(raw=True), self._prompt.input.raw_mode():
            self._coming = await self._refresh()
            await self.flush()
            try:
                while not self._session.over:
                    line = await self._read()
                    if line is None:
                        break
                    if line.strip():
                        tasks.add(asyncio.create_task(self._do(line)))
                        done, tasks = await asyncio.wait(tasks, timeout=AT_ONCE)
                        for task in done:
                            task.result()
            finally:
                self._halted = True
                await asyncio.gather(*tasks)

    async def step(self) -> bool:
        """Print between two instants of a journey, and wait a little; False when it is to stop here."""
        if self._screen.waiting:
            await self.flush()
            self._printed += 1
            await asyncio.sleep(self.pace.first if self._printed <= self.pace.leisurely else self.pace.then)
        return not self._halted

    async def flush(self) -> None:
        """Print what waits, above the prompt if there is one."""
        text = self._screen.taken()
        if text and self._prompt.app.is_running:
            await run_in_terminal(lambda: self.write(text))
        elif text:
            self.write(text)
        self._prompt.app.invalidate()

    async def _read(self) -> str | None:
        """Read a line; empty when it was given up (which stops a journey), None when somebody leaves."""
        try:
            return await self._prompt.prompt_async()
        except KeyboardInterrupt:
            self._halted = self._busy > 0
            return ""
        except EOFError:
            return None

    async def _do(self, line: str) -> None:
        self._busy += 1
        try:
            async with self._turn:
                self._printed, self._halted = 0, False
                await self._session.line(line)
                self._coming = await self._refresh()
        except BaseException as error:
            if self._prompt.app.is_running:
                self._prompt.app.exit(exception=EOFError() if isinstance(error, asyncio.CancelledError) else error)
            raise
        finally:
            self._busy -= 1
        await self.flush()
        if self._session.over and self._prompt.app.is_running:
            self._prompt.app.exit(exception=EOFError())

    def _status(self) -> StyleAndTextTuples:
        """Show « lundi 23 novembre · 9 h 05 · Léa · prochain : 11 h 30 », or what fits of it, over the line to type."""
        date, time = self._session.when(self._session.now()).split(", ")
        speaker = self._session.speaker
        after = f" · {self._next()}" if self._coming and not self._busy else ""
        before = f"{date} · {time} · "
        room = self.columns - 1
        if cell_len(before + speaker + after) > room:
            before = f"{time} · "
        if cell_len(before + speaker + after) > room:
            after = ""
        parts: StyleAndTextTuples = [("class:clock", before), ("class:speaker", speaker), ("class:clock", after)]
        return [*parts, ("", "\n"), ("class:mark", "› ")]

    def _next(self) -> str:
        """Show « prochain : 11 h 30 », « prochain : mardi 9 h », « prochain : 1er décembre, 9 h »."""
        assert self._coming is not None
        place = self._session.place
        next_local, now_local = local(self._coming.at, place.zone), local(self._session.now(), place.zone)
        at = place.texts.time(next_local.time())
        days = (next_local.date() - now_local.date()).days
        if days:
            at = f"{place.texts.date(next_local.date(), 'day' if days < WEEK else 'short')} {at}"
        return place.texts.text("console.prompt.next", at=at)

    def _hints(self) -> StyleAndTextTuples:
        """Show three hints, or as many as fit."""
        texts = self._session.place.texts
        shown = ""
        for key in ("forward", "complete", "leave"):
            hint = texts.text(f"console.hint.{key}")
            more = f"{shown} · {hint}" if shown else hint
            if cell_len(more) < self.columns:
                shown = more
        return [("class:bottom-toolbar", shown)]

    def _write(self, text: str) -> None:
        self._prompt.output.write_raw(text)
        self._prompt.output.flush()


class _Completer(Completer):
    """Gives our suggestions to prompt_toolkit."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        for suggestion in suggestions(document.text_before_cursor, self._scene):
            yield Completion(
                suggestion.text, -suggestion.over, display=suggestion.text.strip(), display_meta=suggestion.about
            )
