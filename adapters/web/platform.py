"""The Platform port over open pages: what is posted stands on the board, and every page that may see it is told."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode

from adapters.web import wire
from adapters.web.board import Board, Posted
from bot.engine.posting import Ref
from bot.platforms.first_contact import Newcomer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from aiohttp import web

    from adapters.web.page import Page
    from bot.clock import Clock
    from bot.errors import VigieError
    from bot.message import Message, Reply
    from bot.platforms.missed_reactions import ReactedMessage
    from bot.ports import Address
    from bot.request import Request


class WebPlatform:
    """A chat whose server and clients are ours (port: bot.ports.Platform)."""

    reconciles = False

    def __init__(
        self, clock: Clock, *, name: str = "web", previews: Mapping[str, Callable[[Message], Any]] | None = None
    ) -> None:
        """`previews`: the pure renderers of other platforms by name, to show what each would be sent."""
        self.name = name
        self.previews = dict(previews or {})
        self.pages: set[Page] = set()
        self.board = Board()
        self._clock = clock
        self._run = secrets.token_hex(4)  # a reference is for ever: other runs have made theirs
        self._numbers = count(1)
        self._receive: Callable[[Request], Awaitable[Reply]] | None = None
        self._taken = 0
        self._answered = asyncio.Condition()
        self._routes: Sequence[web.AbstractRouteDef] = ()
        self.ended = asyncio.Event()
        self.why: VigieError | None = None

    def mount(self, routes: Sequence[web.AbstractRouteDef]) -> None:
        """Serve the chat under these routes (adapters.web.site)."""
        self._routes = routes

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return self._routes

    async def start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        self._receive = receive

    async def stop(self) -> None:
        self._receive = None
        async with self._answered:
            await self._answered.wait_for(lambda: self._taken == 0)
        for page in self.pages:
            page.close(WSCloseCode.GOING_AWAY)

    async def introduce(self, request: Request) -> Newcomer:  # the first visitor makes the team
        return Newcomer()

    async def reconcile(self, team: str, cards: Sequence[ReactedMessage]) -> int:  # a page is deaf with us
        """Return 0: nobody can react while the process is stopped."""
        return 0

    async def ask(self, request: Request) -> Reply | None:
        """Hand over what somebody did; None when nothing is taken in (any more)."""
        if self._receive is None:
            return None
        self._taken += 1
        try:
            return await self._receive(request)
        finally:
            self._taken -= 1
            async with self._answered:
                self._answered.notify_all()

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        place = to.channel or f"@{to.member}"
        earlier = self.board.keyed(place, key)
        if earlier is not None:
            return earlier.ref
        posted = Posted(Ref(place, f"{self._run}-{next(self._numbers)}"), key, self._clock.now(), message)
        self.board.put(posted)
        self._tell("post", posted)
        return posted.ref

    async def edit(self, ref: Ref, message: Message) -> None:
        posted = replace(self.board.at(ref), message=message, edited=self._clock.now())
        self.board.put(posted)
        self._tell("edit", posted)

    async def delete(self, ref: Ref) -> None:
        removed = self.board.take(ref)
        if removed is not None:
            self._tell("delete", removed)

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        posted = self.board.keyed(to.channel or f"@{to.member}", key)
        return posted.ref if posted else None

    def budget(self, seconds: float) -> int:
        return max(1, int(seconds * 100))

    def react(self, posted: Posted, account: str, emoji: str, *, added: bool) -> None:
        """Show an emoji on a message, or show it no more."""
        self._tell("edit", self.board.react(posted, account, emoji, added=added))

    def restore(self, earlier: Iterable[Posted]) -> None:
        """Put back what was posted by earlier runs, oldest first."""
        for posted in earlier:
            self.board.put(posted)

    def history(self, account: str) -> str:
        """Build the frame with everything that an account can see."""
        visible = [wire.posted(posted, self.previews) for posted in self.board if posted.seen_by(account)]
        return wire.frame("history", messages=visible)

    def _tell(self, event: str, posted: Posted) -> None:
        frame = wire.frame(event, message=wire.posted(posted, self.previews))
        for page in self.pages:
            if posted.seen_by(page.account):
                page.send(frame)
