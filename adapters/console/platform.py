"""A chat of plain text in one process: the demo's platform, and the smallest one that keeps the whole contract."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.engine.posting import Ref
from bot.errors import TransportError
from bot.platforms.first_contact import Newcomer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from datetime import datetime

    from bot.errors import VigieError
    from bot.message import Message, Reply
    from bot.platforms.missed_reactions import ReactedMessage
    from bot.ports import Address
    from bot.request import Request


@dataclass(frozen=True, slots=True)
class Shown:
    """A message on the screen: its number, where it went (an empty address for an answer), and what it says now."""

    number: int
    to: Address
    key: str
    message: Message
    ref: Ref | None


class ConsolePlatform:
    """Keeps what was posted, and prints it through `write` (port: bot.ports.Platform)."""

    name = "console"
    reconciles = False

    def __init__(self, write: Callable[[Shown, str], None]) -> None:
        """`write` gets each message with what happened to it: `post`, `edit`, `delete`, `answer`; `show`: once more."""
        self._write = write
        self.changes = 0
        """How many times something was shown."""
        self._shown: list[Shown] = []
        self._run = secrets.token_hex(4)  # a kept database has seen the first messages of other runs
        self._taken = 0
        self._answered = asyncio.Condition()
        self.receive: Callable[[Request], Awaitable[Reply]] | None = None
        self.ended = asyncio.Event()
        self.why: VigieError | None = None

    def routes(self) -> Sequence[object]:
        return ()

    async def start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        async def take(request: Request) -> Reply:
            self._taken += 1
            try:
                return await receive(request)
            finally:
                self._taken -= 1
                async with self._answered:
                    self._answered.notify_all()

        self.receive = take

    async def stop(self) -> None:
        self.receive = None
        async with self._answered:
            await self._answered.wait_for(lambda: self._taken == 0)

    async def introduce(self, request: Request) -> Newcomer:  # the demo's team is there already
        return Newcomer()

    async def reconcile(self, team: str, cards: Sequence[ReactedMessage]) -> int:  # a terminal is deaf with us
        """Return 0: nobody can react while the process is stopped."""
        return 0

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        posted = self._by_key(to, key)
        if posted is not None and posted.ref is not None:
            return posted.ref
        place = to.channel or f"@{to.member}"
        ref = Ref(place, f"{self._run}-{len(self._shown) + 1}")
        self._show(Shown(len(self._shown) + 1, to, key, message, ref), "post")
        return ref

    async def edit(self, ref: Ref, message: Message) -> None:
        old = self._at(ref)
        new = Shown(old.number, old.to, old.key, message, ref)
        self._shown[old.number - 1] = new
        self._tell(new, "edit")

    async def delete(self, ref: Ref) -> None:
        old = next((shown for shown in self._shown if shown.ref == ref), None)
        if old is not None:
            removed = Shown(old.number, old.to, old.key, old.message, None)
            self._shown[old.number - 1] = removed
            self._tell(removed, "delete")

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        shown = self._by_key(to, key)
        return shown.ref if shown else None

    def budget(self, seconds: float) -> int:
        return 1000

    def answer(self, to: Address, message: Message) -> Shown:
        """Show an answer to somebody: it can be clicked by its number, not reacted to."""
        shown = Shown(len(self._shown) + 1, to, "", message, None)
        self._show(shown, "answer")
        return shown

    def restore(self, to: Address, message: Message, *, key: str, ref: Ref) -> None:
        """Take over a message that an earlier run posted, without showing it."""
        self._shown.append(Shown(len(self._shown) + 1, to, key, message, ref))

    def again(self, shown: Shown) -> None:
        """Show a message once more, as it is now."""
        self._write(shown, "show")

    @property
    def last(self) -> int:
        """Return the highest number (0: no message yet)."""
        return len(self._shown)

    def latest(self) -> Iterator[Shown]:
        """Every message as it is now, newest first."""
        return reversed(self._shown)

    def numbered(self, number: int) -> Shown | None:
        """Return the message with that number, as it is now."""
        return self._shown[number - 1] if 1 <= number <= len(self._shown) else None

    def last_posted(self, member: str) -> Shown | None:
        """Return the newest posted message that this member can see."""
        visible = (shown for shown in reversed(self._shown) if shown.ref and shown.to.member in (None, member))
        return next(visible, None)

    def _by_key(self, to: Address, key: str) -> Shown | None:
        return next((shown for shown in self._shown if shown.to == to and shown.key == key and shown.ref), None)

    def _at(self, ref: Ref) -> Shown:
        match = next((shown for shown in self._shown if shown.ref == ref), None)
        if match is None:
            raise TransportError("transport.message_gone", permanent=True)
        return match

    def _show(self, shown: Shown, event: str) -> None:
        self._shown.append(shown)
        self._tell(shown, event)

    def _tell(self, shown: Shown, event: str) -> None:
        self.changes += 1
        self._write(shown, event)
