"""App Home: my day and my team's, drawn when it is opened and again after changes."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from typing import TYPE_CHECKING, Any

import structlog
from cachetools import TTLCache

from adapters.slack.events import PLATFORM
from adapters.slack.render import mentioned, render, single, together
from bot.errors import TransportError
from bot.request import Request, Typed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.slack.people import People
    from adapters.slack.post import Post
    from bot.message import Reply

log = structlog.get_logger()
Json = dict[str, Any]
KEPT = 8 * 3600.0
"""Seconds for which an opened home is kept current."""
MOST = 50
"""Homes that are kept current."""
REST = 2.0
"""Seconds between two rounds of refreshing."""


class Homes:
    """Draws the App Homes that people have open."""

    def __init__(self, post: Post, people: People, publish: Callable[..., Awaitable[Json]], rest: float = REST) -> None:
        self._post = post
        self._people = people
        self._publish = publish
        self._rest = rest
        self._run = secrets.token_hex(4)
        self._keys = itertools.count(1)
        self._open: TTLCache[str, None] = TTLCache(MOST, KEPT)
        self._round: asyncio.Task[None] | None = None
        self._stale = False
        self.lines: Sequence[str] = ()
        self.team = ""
        self.receive: Callable[[Request], Awaitable[Reply]] | None = None

    async def open(self, user: str) -> None:
        """Draw the home that somebody looks at, and keep it current."""
        person = await self._people.get(user)
        if not user or (person and person.bot):
            return
        self._open[user] = None
        await self._publish_home(user)

    def changed(self) -> None:
        """Schedule one redraw of the open homes for all changes until then."""
        self._stale = bool(self._open)
        if self._stale and (self._round is None or self._round.done()):
            self._round = asyncio.create_task(self._refresh_homes())

    async def stop(self) -> None:
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)

    async def _refresh_homes(self) -> None:
        while self._stale:
            await asyncio.sleep(self._rest)
            self._stale = False
            for user in list(self._open):
                await self._publish_home(user)

    async def _publish_home(self, user: str) -> None:
        blocks = together([await self._render_line(user, line) for line in self.lines], "view")
        try:
            await self._publish("views.publish", user_id=user, view={"type": "home", "blocks": blocks})
        except TransportError as error:
            log.info("home not drawn", error=error.key, code=error.params.get("code"))

    async def _render_line(self, user: str, line: str) -> Sequence[Json]:
        assert self.receive is not None, "the platform is started before a home is opened"
        person = await self._people.get(user)
        key = f"home-{self._run}-{next(self._keys)}"
        name = person.name if person else ""
        reply = await self.receive(Request(key, PLATFORM, self.team, user, Typed(line), "", name))
        if reply.message is None:
            return []
        accounts = await self._post.accounts(self.team, mentioned(reply.message))
        return single(render(reply.message, accounts, surface="view")).blocks
