"""Keeps the further pages, files and images of a message current in its thread."""

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
    """Posts further pages and uploads in the background, so that they never delay the message itself."""

    def __init__(self, api: Api, annexes: Annexes) -> None:
        self._api = api
        self._annexes = annexes
        self._curves: LRUCache[Ref, Sequence[Annex]] = LRUCache(MOST)
        self._long: LRUCache[Ref, None] = LRUCache(MOST)
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def posted(self, ref: Ref, pages: Sequence[Drawn], annexes: Sequence[Annex]) -> None:
        """Post the rest of a new message in its thread."""
        self._remember_curves(ref, annexes)
        if len(pages) > 1 or annexes:
            self._start(self._post_rest(ref, pages, annexes))

    def edited(self, ref: Ref, pages: Sequence[Drawn], annexes: Sequence[Annex]) -> None:
        """Update the thread of an edited message; curves are uploaded again only when they changed."""
        curves = self._remember_curves(ref, annexes) if ref in self._curves else ()
        if len(pages) > 1 or curves or ref in self._long:
            self._start(self._post_rest(ref, pages, curves))

    def _remember_curves(self, ref: Ref, annexes: Sequence[Annex]) -> Sequence[Annex]:
        """Remember the images of a message; return them unless they are in the thread already."""
        curves = [annex for annex in annexes if isinstance(annex, Chart)]
        new = curves != self._curves.get(ref, [])
        if new:
            self._curves[ref] = curves
        return curves if new else ()

    async def drain(self) -> None:
        """Wait for the work in progress."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post_rest(self, ref: Ref, pages: Sequence[Drawn], annexes: Sequence[Annex]) -> None:
        await self._update_pages(ref, pages)
        for annex in annexes:
            await self._annexes.share(ref.channel, annex, ref.message)

    async def _update_pages(self, ref: Ref, pages: Sequence[Drawn]) -> None:
        """Bring the thread's pages up to date: edit, add or delete them."""
        async with self._lock:
            await self._write_pages(ref, pages)

    async def _write_pages(self, ref: Ref, pages: Sequence[Drawn]) -> None:
        try:
            stored = await self._list_pages(ref) if ref in self._long or len(pages) > 1 else []
            for page, ts in zip(pages[1:], stored, strict=False):
                await self._api.call("chat.update", channel=ref.channel, ts=ts, **page.payload())
            for page in pages[1 + len(stored) :]:
                about = {"event_type": EVENT, "event_payload": {}}
                await self._api.call(
                    "chat.postMessage", channel=ref.channel, thread_ts=ref.message, metadata=about, **page.payload()
                )
            for ts in stored[len(pages) - 1 :]:
                await self._api.call("chat.delete", channel=ref.channel, ts=ts)
        except TransportError as error:
            log.warning("pages not posted", error=error.key, code=error.params.get("code"))
        if len(pages) > 1:
            self._long[ref] = None

    async def _list_pages(self, ref: Ref) -> list[str]:
        """Return the ids of the pages that stand in the thread, in their order."""
        answer = await self._api.look(
            "conversations.replies", channel=ref.channel, ts=ref.message, limit=REPLIES, include_all_metadata=True
        )
        return [text(row, "ts") for row in at(answer, "messages") or [] if text(row, "metadata", "event_type") == EVENT]
