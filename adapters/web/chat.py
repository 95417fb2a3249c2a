"""The conversation with a page: each frame becomes a request, each reply a frame."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, assert_never

from aiohttp import WSMsgType, web

from adapters.web import wire
from adapters.web.page import Page
from bot.errors import RefusalError
from bot.help.refusal import error_line
from bot.i18n import texts
from bot.message import plain
from bot.ports import Address
from bot.request import Clicked, Reacted, Request, Submitted, Typed

if TYPE_CHECKING:
    from adapters.web.platform import WebPlatform
    from adapters.web.room import Room, Scene
    from bot.request import What

PAGES = 1000
"""Pages that may be open at once."""
HEARTBEAT = 30.0


class Chat:
    """All conversations: one `Page` for each open page."""

    def __init__(self, platform: WebPlatform, room: Room) -> None:
        self._platform = platform
        self._room = room

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Speak with a page until it leaves."""
        if len(self._platform.pages) >= PAGES:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(max_msg_size=wire.LARGEST_FRAME, heartbeat=HEARTBEAT, compress=False)
        await socket.prepare(request)
        page = Page(socket)
        pump = asyncio.create_task(page.pump())
        try:
            async for raw in socket:
                if raw.type is WSMsgType.TEXT:
                    await self.take(page, raw.data)
                else:
                    page.fault()
        finally:
            self._platform.pages.discard(page)
            pump.cancel()
            with suppress(asyncio.CancelledError):
                await pump
        return socket

    async def take(self, page: Page, text: str) -> None:
        """Do what a frame asks, and answer it; one that cannot be read is refused and changes nothing."""
        frame = wire.read(text)
        if frame is None or page.too_fast():
            page.fault()
            self._refuse(page, getattr(frame, "id", ""), RefusalError("web.too_fast" if frame else "web.garbage"))
        elif isinstance(frame, wire.Hello):
            await self._hello(page, frame.account)
        elif page not in self._platform.pages:
            page.fault()
        else:
            try:
                await self._do(page, frame)
            except RefusalError as refused:
                self._refuse(page, frame.id, refused)

    def _refuse(self, page: Page, answered: str, why: RefusalError) -> None:
        page.send(wire.frame("refused", re=answered, text=plain(error_line(texts(page.language), why))))

    async def _hello(self, page: Page, account: str) -> None:
        """Show the room to this person; to an unknown one, as the team's first person sees it."""
        scene = await self._room.scene(account or None)
        names = {person.account: person.name for person in scene.people}
        page.account = account if account in names else next(iter(names), "")
        if page.account != account:
            scene = await self._room.scene(page.account or None)
        page.name = names.get(page.account, "")
        page.scene = ""
        self._show(page, scene)
        self._platform.pages.add(page)
        page.send(self._platform.history(page.account))
        page.send(wire.frame("clock", now=self._room.now().isoformat()))

    def _show(self, page: Page, scene: Scene) -> None:
        page.language, page.channel = scene.language, scene.channel
        shown = wire.scene(scene, page.account)
        if shown != page.scene:
            page.scene = shown
            page.send(shown)

    async def _do(self, page: Page, frame: wire.Asked) -> None:
        match frame:
            case wire.Say():
                await self._ask(page, frame.id, Typed(frame.text))
            case wire.Press():
                posted = self._platform.board.named(frame.message, page.account) if frame.message else None
                if frame.message and posted is None:
                    raise RefusalError("transport.message_gone")
                await self._ask(page, frame.id, Clicked(frame.action, frame.target, posted.ref if posted else None))
            case wire.Submit():
                values = {name: tuple(chosen) for name, chosen in frame.values.items()}
                await self._ask(page, frame.id, Submitted(frame.action, values))
            case wire.React():
                await self._react(page, frame)
            case wire.Forward():
                await self._room.forward(frame.by)
                page.send(wire.frame("answer", re=frame.id))
                self._tick()
                await self._refresh(page)
            case wire.Arrive():
                await self._arrive(page, frame)
            case _:
                assert_never(frame)

    async def _ask(self, page: Page, key: str, action: What) -> None:
        """Hand a request over, and show the answer to whom it is for."""
        if not page.account:
            raise RefusalError("web.who")
        account, channel = page.account, page.channel
        name, team = self._platform.name, self._room.workspace
        request = Request(f"web-{account}-{key}", name, team, account, action, channel, page.name)
        reply = await self._platform.ask(request)
        if reply is None:
            raise RefusalError("web.stopping")
        if reply.message is not None and reply.visibility == "channel":
            await self._platform.post(Address(self._room.workspace, page.channel), reply.message, key=request.key)
            page.send(wire.frame("answer", re=key))
        else:
            shown = wire.answer(reply, self._platform.previews)
            page.send(wire.frame("answer", re=key, **shown))
        await self._refresh(page)

    async def _react(self, page: Page, frame: wire.React) -> None:
        posted = self._platform.board.named(frame.message, page.account)
        if posted is None:
            raise RefusalError("transport.message_gone")
        self._platform.react(posted, page.account, frame.emoji, added=frame.added)
        await self._ask(page, frame.id, Reacted(frame.emoji, posted.ref, frame.added))

    async def _arrive(self, page: Page, frame: wire.Arrive) -> None:
        before = page.account
        account = await self._room.arrive(before or None, frame.name, frame.language)
        page.send(wire.frame("answer", re=frame.id, account=account))
        for other in list(self._platform.pages):
            await (self._refresh(other) if other.account else self._hello(other, account if other is page else ""))

    async def _refresh(self, page: Page) -> None:
        """Show the room again if it looks otherwise by now."""
        self._show(page, await self._room.scene(page.account or None))

    def _tick(self) -> None:
        clock = wire.frame("clock", now=self._room.now().isoformat())
        for page in self._platform.pages:
            page.send(clock)
