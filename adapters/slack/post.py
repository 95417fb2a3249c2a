"""Posts to Slack: paced by channel, with a key in the metadata, looked up before any second attempt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from cachetools import LRUCache, TTLCache

from adapters.slack.events import at, text
from adapters.slack.files import Annexes
from adapters.slack.render import mentioned, render, single
from adapters.slack.thread import Threads
from bot.engine.posting import Ref
from bot.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Mapping
    from datetime import datetime

    from adapters.slack.api import Api
    from adapters.slack.files import Annex
    from adapters.slack.render import Drawn
    from bot.message import Message
    from bot.ports import Address, Charts

log = structlog.get_logger()
Json = dict[str, Any]
First = Callable[[Sequence["Drawn"]], "Drawn"]

PACE = 1.0
"""Seconds between two messages in one channel: chat.postMessage allows about one a second."""
EVENT = "vigie_message"
REMEMBERED = 300.0
"""Seconds for which a key's message is known without asking (the contract asks for a minute)."""
SKEW = 300.0
"""Seconds by which our clock and Slack's may differ."""
HISTORY = 200
MOST = 10_000
"""Messages, and channels, that are remembered."""


class Post:
    """Posts and edits the messages of one workspace. `lookup` returns Slack accounts by internal member ids."""

    def __init__(
        self,
        api: Api,
        lookup: Callable[[str, Collection[str]], Awaitable[Mapping[str, str]]],
        pace: float = PACE,
        charts: Charts | None = None,
    ) -> None:
        self._api = api
        self._lookup = lookup
        self._pace = pace
        self._turns: LRUCache[str, float] = LRUCache(MOST)
        self._accounts: dict[str, str] = {}
        self._direct: dict[str, str] = {}
        self._posted: TTLCache[tuple[str, str], Ref] = TTLCache(MOST, REMEMBERED)
        self._busy: dict[tuple[str, str], asyncio.Lock] = {}
        self._native = True
        """Whether Slack draws curves here: a workspace that refused one is not asked again."""
        self._annexes = Annexes(api, charts)
        self.threads = Threads(api, self._annexes)
        self.team = ""

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]:
        """Return the Slack ids of these members; accounts never change hands, so each is read once."""
        unknown = {member for member in members if member not in self._accounts}
        if unknown:
            self._accounts |= await self._lookup(team, unknown)
        return self._accounts

    async def post(self, to: Address, message: Message, key: str) -> Ref:
        """Post once for a key within some minutes, however often it is called, also at the same time."""
        channel = await self.channel(to)
        lock = self._busy.setdefault((channel, key), asyncio.Lock())
        async with lock:
            if (posted := self._posted.get((channel, key))) is not None:
                return posted
            try:
                ref = await self._send_post(to.team, channel, message, key)
            finally:
                self._busy.pop((channel, key), None)
            self._posted[channel, key] = ref
            return ref

    async def _send_post(self, team: str, channel: str, message: Message, key: str) -> Ref:
        await self._wait_turn(channel)
        metadata = {"event_type": EVENT, "event_payload": {"key": key}}
        about = {"channel": channel, "metadata": metadata, "unfurl_links": False, "unfurl_media": False}
        answer, pages = await self._send_first("chat.postMessage", team, message, about)
        ref = Ref(text(answer, "channel") or channel, text(answer, "ts"))
        self.threads.posted(ref, pages, self.annexes(message, pages))
        return ref

    async def pages(self, team: str, message: Message) -> list[Drawn]:
        """Render a message for this workspace. Curves that do not fit into one page with the rest are not native: only
        a first page that Slack refuses is sent again without them.
        """
        accounts = await self.accounts(team, mentioned(message))
        pages = render(message, accounts, charts=self._native)
        return render(message, accounts, charts=False) if len(pages) > 1 and _is_native(pages) else pages

    def annexes(self, message: Message, pages: Sequence[Drawn]) -> Sequence[Annex]:
        """Return the uploads beside the pages: files, and images of the curves that Slack does not draw."""
        return self._annexes.of(message, native=_is_native(pages))

    async def _send_first(
        self, method: str, team: str, message: Message, about: Json, first: First = single
    ) -> tuple[Json, list[Drawn]]:
        """Send a message's first page; where the workspace refuses the native chart, once more with a table.

        Returns Slack's answer, and all pages.
        """
        pages = await self.pages(team, message)
        try:
            return await self._api.call(method, **about, **first(pages).payload()), pages
        except TransportError as error:
            plainer = render(message, await self.accounts(team, mentioned(message)), charts=False)
            if error.params.get("code") != "invalid_blocks" or plainer == pages:
                raise
            answer = await self._api.call(method, **about, **first(plainer).payload())
            log.info("slack draws no charts here")
            self._native = False
            return answer, plainer

    async def edit(self, ref: Ref, message: Message) -> None:
        about = {"channel": ref.channel, "ts": ref.message}
        _, pages = await self._send_first("chat.update", self.team, message, about)
        self.threads.edited(ref, pages, self.annexes(message, pages))

    async def delete(self, ref: Ref) -> None:
        try:
            await self._api.call("chat.delete", channel=ref.channel, ts=ref.message)
        except TransportError as error:
            if error.key != "transport.message_gone":
                raise
        for key in [key for key, posted in self._posted.items() if posted == ref]:
            self._posted.pop(key, None)

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        """Return the message with that key in its metadata. Raises TransportError when Slack refuses to look."""
        channel = await self.channel(to)
        oldest = f"{max(since.timestamp() - SKEW, 0.0):.6f}"
        cursor = ""
        while True:
            page = await self._api.look(
                "conversations.history", channel=channel, oldest=oldest, limit=HISTORY, include_all_metadata=True,
                **({"cursor": cursor} if cursor else {}),
            )  # fmt: skip
            for row in at(page, "messages") or []:
                if text(row, "metadata", "event_payload", "key") == key:
                    return Ref(channel, text(row, "ts"))
            cursor = text(page, "response_metadata", "next_cursor")
            if not cursor:
                return None

    async def whisper(self, team: str, channel: str, user: str, message: Message) -> None:
        """Post a message that only one person sees, until they reload."""
        about = {"channel": channel, "user": user}
        _, pages = await self._send_first("chat.postEphemeral", team, message, about, _pick_first)
        for page in pages[1:]:
            await self._api.call("chat.postEphemeral", **about, **page.payload())
        await self.hand(user, message, pages)

    async def hand(self, user: str, message: Message, pages: Sequence[Drawn]) -> None:
        """Upload the files of a private answer to the direct conversation: an ephemeral message holds none."""
        for annex in self.annexes(message, pages):
            await self._annexes.share(await self._open_conversation(user), annex)

    async def directly(self, team: str, user: str, message: Message, key: str) -> None:
        """Post all pages in the direct conversation, once for a key."""
        channel = await self._open_conversation(user)
        if self._posted.get((channel, key)):
            return
        await self._wait_turn(channel)
        answer, pages = await self._send_first("chat.postMessage", team, message, {"channel": channel}, _pick_first)
        for page in pages[1:]:
            await self._wait_turn(channel)
            await self._api.call("chat.postMessage", channel=channel, **page.payload())
        self._posted[channel, key] = Ref(channel, text(answer, "ts"))
        await self.hand(user, message, pages)

    async def channel(self, to: Address) -> str:
        """Return the conversation of an address."""
        return to.channel or await self._open_conversation(to.member or "")

    async def _open_conversation(self, user: str) -> str:
        if user not in self._direct:
            answer = await self._api.call("conversations.open", users=user)
            self._direct[user] = text(answer, "channel", "id")
        return self._direct[user]

    async def _wait_turn(self, channel: str) -> None:
        """Wait until this channel may get another message."""
        now = time.monotonic()
        start = max(now, self._turns.get(channel, 0.0))
        self._turns[channel] = start + self._pace
        await asyncio.sleep(start - now)


def _is_native(pages: Sequence[Drawn]) -> bool:
    """Return whether the pages ask Slack to draw a curve."""
    return any(block["type"] == "data_visualization" for page in pages for block in page.blocks)


def _pick_first(pages: Sequence[Drawn]) -> Drawn:
    """Return the first page as it is, for pages that follow each other."""
    return pages[0]
