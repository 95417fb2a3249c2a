"""Events missed while no connection was up: reactions put on or taken off, guilds that the bot left.

The gateway replays the events of a live session. Beyond that, the current state is compared with the stored one:
reactions whenever a session begins anew and once a day, guilds whenever every shard is ready. A message whose receipt
was lost is unknown when people react to it: once found, it is compared by itself.
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
"""Seconds after which the core has stored a found message: it stores those of one round together."""
NORMAL, BURST = 0, 1
"""Types of reactions, which Discord lists apart: a super reaction is a reaction like any other."""
_REACTIONS = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"


class CatchUp:
    """Compares in the background, one call after another, so that answers to people go first."""

    def __init__(self, api: Api, host: Host, missed: Callable[[Ref, str, str, bool], Awaitable[None]]) -> None:
        """Take `missed`, called with each reaction: message, person, emoji, True if added."""
        self._api = api
        self._host = host
        self._missed = missed
        self._requested = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._comparing: set[asyncio.Task[None]] = set()
        self.settled = SETTLED
        self.rounds = 0
        """Number of full comparisons so far."""

    def start(self) -> None:
        self._task = asyncio.create_task(self._loop(), name="discord-catch-up")

    async def stop(self) -> None:
        tasks = [*self._comparing, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def request(self) -> None:
        """Request a comparison."""
        self._requested.set()

    def compare_message(self, ref: Ref) -> None:
        """Compare a message that turned out to be posted (its process was killed, or its receipt was lost)."""
        task = asyncio.create_task(self._compare(ref), name="discord-compare")
        self._comparing.add(task)
        task.add_done_callback(self._comparing.discard)

    async def _compare(self, ref: Ref) -> None:
        await asyncio.sleep(self.settled)
        try:
            await self.reconcile([ReactedMessage(ref, frozenset())])
        except VigieError:  # the daily comparison will find it
            log.exception("reactions not reconciled")

    async def _loop(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(DAY):  # wait_for of Python 3.11 may swallow a stop
                    await self._requested.wait()
            self._requested.clear()
            try:
                missed = 0
                for team in await self._host.installed():
                    missed += await self.reconcile(await self._host.cards(team))
                log.info("reactions reconciled", missed=missed)
            except VigieError:
                log.exception("reactions not reconciled")
            self.rounds += 1

    async def reconcile(self, cards: Sequence[ReactedMessage]) -> int:
        """Report the missed reactions on these messages; return their number."""
        return await report_missed(cards, self._read_reactions, self._missed)

    async def _read_reactions(self, ref: Ref) -> set[tuple[str, str]]:
        """Return the current reactions on a message, without the bot's: (person, emoji)."""
        if not ref.message.isdecimal():
            return set()
        where = {"channel_id": ref.channel, "message_id": ref.message}
        message = await self._api.look("/channels/{channel_id}/messages/{message_id}", **where)
        reactions: set[tuple[str, str]] = set()
        for reaction in message.get("reactions") or []:
            about = reaction["emoji"]
            name = str(about["name"])
            path = f"{name}:{about['id']}" if about.get("id") else name
            counts = reaction.get("count_details") or {}
            for kind, word in ((NORMAL, "normal"), (BURST, "burst")):
                if counts.get(word, 1):
                    reactions |= {(user, name) for user in await self._read_users(where, path, kind)}
        return reactions

    async def _read_users(self, where: Json, emoji: str, kind: int) -> set[str]:
        users: set[str] = set()
        after = "0"
        while True:
            query: dict[str, str | int] = {"limit": PAGE, "after": after, "type": kind}
            page = await self._api.look(_REACTIONS.replace("{emoji}", quote(emoji)), query, **where)
            users |= {str(user["id"]) for user in page if not user.get("bot")}
            if len(page) < PAGE:
                return users
            after = str(page[-1]["id"])

    async def compare_guilds(self, present: Collection[str], is_ours: Callable[[str], bool]) -> None:
        """Report the guilds that the bot left or is in again; `is_ours` selects those of this process's shards."""
        for team in await self._host.installed():
            if is_ours(team) and team not in present:
                await self._host.left(team)
        for team in await self._host.away():
            if is_ours(team) and team in present:
                await self._host.back(team)
