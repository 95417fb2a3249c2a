"""What happened while nobody listened: reactions that were put on or taken off, guilds that were left.

The gateway replays what happened while a session lived. Beyond that, two sets are compared: what is there by now, and
what we know. Reactions whenever a session begins anew and once a day; guilds whenever every shard has greeted. A
message that was posted without our knowing meant nothing to us when people reacted to it: it is compared by itself.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog

from bot.errors import VigieError
from bot.platforms.missed_reactions import ReactedMessage, report_missed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from adapters.discord.api import Api
    from adapters.discord.services import Host
    from bot.engine.posting import Ref

log = structlog.get_logger()
Json = dict[str, Any]
DAY = 86_400.0
PAGE = 100
SETTLED = 5.0
"""Seconds after which a message that was found is known to the core: it stores those of one round together."""
_REACTIONS = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"


class CatchUp:
    """Compares, in the background, one call after another: whoever waits for an answer goes first."""

    def __init__(self, api: Api, host: Host, missed: Callable[[Ref, str, str, bool], Awaitable[None]]) -> None:
        """`missed` is told of each reaction: message, person, emoji, put on or taken off."""
        self._api = api
        self._host = host
        self._missed = missed
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._found: set[asyncio.Task[None]] = set()
        self.settled = SETTLED
        self.rounds = 0
        """How often everything was compared."""

    def start(self) -> None:
        self._task = asyncio.create_task(self._loop(), name="discord-catch-up")

    async def stop(self) -> None:
        tasks = [*self._found, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def ask(self) -> None:
        """Compare soon."""
        self._asked.set()

    def found(self, ref: Ref) -> None:
        """A message turned out to be posted: the process that posted it was killed, or its receipt was lost."""
        task = asyncio.create_task(self._compare(ref), name="discord-found")
        self._found.add(task)
        task.add_done_callback(self._found.discard)

    async def _compare(self, ref: Ref) -> None:
        await asyncio.sleep(self.settled)
        try:
            await self.reconcile([ReactedMessage(ref, frozenset())])
        except VigieError:  # the daily comparison comes upon it
            log.exception("reactions not reconciled")

    async def _loop(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(DAY):  # wait_for of Python 3.11 may swallow a stop
                    await self._asked.wait()
            self._asked.clear()
            try:
                missed = 0
                for team in await self._host.installed():
                    missed += await self.reconcile(await self._host.cards(team))
                log.info("reactions reconciled", missed=missed)
            except VigieError:
                log.exception("reactions not reconciled")
            self.rounds += 1

    async def reconcile(self, cards: Sequence[ReactedMessage]) -> int:
        """Make up for the reactions on these messages; returns how many there were."""
        return await report_missed(cards, self._there, self._missed)

    async def _there(self, ref: Ref) -> set[tuple[str, str]]:
        """The reactions on a message by now, ours aside: (person, emoji)."""
        if not ref.message.isdecimal():
            return set()
        where = {"channel_id": ref.channel, "message_id": ref.message}
        message = await self._api.look("/channels/{channel_id}/messages/{message_id}", **where)
        found: set[tuple[str, str]] = set()
        for one in message.get("reactions") or []:
            about = one["emoji"]
            name = str(about["name"])
            path = f"{name}:{about['id']}" if about.get("id") else name
            found |= {(user, name) for user in await self._reactors(where, path)}
        return found

    async def _reactors(self, where: Json, emoji: str) -> set[str]:
        found: set[str] = set()
        after = "0"
        while True:
            page = await self._api.look(
                _REACTIONS.replace("{emoji}", quote(emoji)), {"limit": PAGE, "after": after}, **where
            )
            found |= {str(one["id"]) for one in page if not one.get("bot")}
            if len(page) < PAGE:
                return found
            after = str(page[-1]["id"])

    async def compare_guilds(self, there: Collection[str], mine: Callable[[str], bool]) -> None:
        """Tell the product of the guilds that we left, or are in again; `mine`: those that this process hears of."""
        for team in await self._host.installed():
            if mine(team) and team not in there:
                await self._host.left(team)
        for team in await self._host.away():
            if mine(team) and team in there:
                await self._host.back(team)
