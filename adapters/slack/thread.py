"""What does not fit in one message: its further pages, files and images, in its thread, kept current with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog
from cachetools import LRUCache

from adapters.slack.events import at, text
from bot.errors import TransportError
from bot.message import Chart

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from adapters.slack.api import Api
    from adapters.slack.files import Annex, Annexes
    from adapters.slack.render import Drawn
    from bot.engine.posting import Ref

log = structlog.get_logger()
MOST = 500
"""Threads that are remembered."""
EVENT = "vigie_page"
REPLIES = 200


class Threads:
    """Follows messages up in the background: what is said there never holds the message itself back."""

    def __init__(self, api: Api, annexes: Annexes) -> None:
        self._api = api
        self._annexes = annexes
        self._curves: LRUCache[Ref, Sequence[Annex]] = LRUCache(MOST)
        self._long: LRUCache[Ref, None] = LRUCache(MOST)
        self._one_at_a_time = asyncio.Lock()
        self._at_work: set[asyncio.Task[None]] = set()

    def posted(self, ref: Ref, pages: Sequence[Drawn], annexes: Sequence[Annex]) -> None:
        """A message is out: its first page stands in the channel, the rest goes under it."""
        self._new_curves(ref, annexes)
        if len(pages) > 1 or annexes:
            self._soon(self._follow(ref, pages, annexes))

    def edited(self, ref: Ref, pages: Sequence[Drawn], annexes: Sequence[Annex]) -> None:
        """It is another one now: so are the pages under it; its curves are drawn again if they are others."""
        curves = self._new_curves(ref, annexes) if ref in self._curves else ()
        if len(pages) > 1 or curves or ref in self._long:
            self._soon(self._follow(ref, pages, curves))

    def _new_curves(self, ref: Ref, annexes: Sequence[Annex]) -> Sequence[Annex]:
        """The images of a message, remembered; none when they are there already."""
        curves = [one for one in annexes if isinstance(one, Chart)]
        new = curves != self._curves.get(ref, [])
        if new:
            self._curves[ref] = curves
        return curves if new else ()

    async def drain(self) -> None:
        """Wait for what is on its way."""
        while self._at_work:
            await asyncio.gather(*self._at_work, return_exceptions=True)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _follow(self, ref: Ref, pages: Sequence[Drawn], annexes: Sequence[Annex]) -> None:
        await self._renew(ref, pages)
        for one in annexes:
            await self._annexes.share(ref.channel, one, ref.message)

    async def _renew(self, ref: Ref, pages: Sequence[Drawn]) -> None:
        """Make the thread's pages what they should be: changed where they stand, added, or taken away."""
        async with self._one_at_a_time:
            await self._pages(ref, pages)

    async def _pages(self, ref: Ref, pages: Sequence[Drawn]) -> None:
        try:
            there = await self._there(ref) if ref in self._long or len(pages) > 1 else []
            for page, ts in zip(pages[1:], there, strict=False):
                await self._api.call("chat.update", channel=ref.channel, ts=ts, **page.payload())
            for page in pages[1 + len(there) :]:
                about = {"event_type": EVENT, "event_payload": {}}
                await self._api.call(
                    "chat.postMessage", channel=ref.channel, thread_ts=ref.message, metadata=about, **page.payload()
                )
            for ts in there[len(pages) - 1 :]:
                await self._api.call("chat.delete", channel=ref.channel, ts=ts)
        except TransportError as error:
            log.warning("pages not posted", error=error.key, code=error.params.get("code"))
        if len(pages) > 1:
            self._long[ref] = None

    async def _there(self, ref: Ref) -> list[str]:
        """The pages that stand in the thread already, in their order."""
        answer = await self._api.look(
            "conversations.replies", channel=ref.channel, ts=ref.message, limit=REPLIES, include_all_metadata=True
        )
        return [text(one, "ts") for one in at(answer, "messages") or [] if text(one, "metadata", "event_type") == EVENT]
