"""What is proposed while an option is typed: from what was read a moment ago, within a third of a second."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from cachetools import LRUCache

from adapters.discord.command_tree import pattern_at
from adapters.discord.events import text
from adapters.discord.options import SUGGESTED, name_of, takes
from adapters.discord.spans import label
from bot.errors import VigieError
from bot.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from bot.registry import Registry

log = structlog.get_logger()
Json = dict[str, Any]

BUDGET = 0.3
"""Seconds: a list that comes later is of no use to who types."""
FRESH = 10.0
"""Seconds for which what was read is still true enough."""
MOST, LONGEST = 25, 100
SCENES = 1000


class Entry(Protocol):
    """What is read, and what comes back."""

    @property
    def label(self) -> str: ...

    @property
    def value(self) -> str: ...


class Lists(Protocol):
    """What one person may choose from."""

    def __call__(self, kind: str, typed: str, /) -> Sequence[Entry]:
        """The entries of a kind that fit what was typed."""
        ...


class Suggestions:
    """Lists by person; `look` reads what somebody (team, user) may choose from, None for strangers."""

    def __init__(
        self,
        registry: Registry,
        look: Callable[[str, str], Awaitable[Lists | None]],
        budget: float = BUDGET,
    ) -> None:
        self._registry = registry
        self._look = look
        self._budget = budget
        self._known: LRUCache[tuple[str, str], tuple[float, Lists | None]] = LRUCache(SCENES)
        self._reading: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def choices(self, payload: Json) -> list[Json]:
        """The choices for the option that is being typed; none when there is nothing to propose, or no time."""
        data = payload.get("data")
        focused = next(_focused(data), None) if isinstance(data, dict) else None
        if focused is None or not isinstance(data, dict):
            return []
        kind = self._kind(data, text(focused, "name"))
        person = payload.get("member") if isinstance(payload.get("member"), dict) else payload
        who = text(payload, "guild_id"), text(person, "user", "id")
        if not kind or not all(who):
            return []
        found = await self._scene(who)
        return drawn(found(kind, text(focused, "value"))) if found else []

    def _kind(self, data: Json, name: str) -> str:
        for take in takes(pattern_at(self._registry, data)):
            if take.kind in SUGGESTED and name in {name_of(take, language) for language in LANGUAGES}:
                return take.kind
        return ""

    async def _scene(self, who: tuple[str, str]) -> Lists | None:
        """What is known of a person's lists: fresh if it can be read in time, else as it was."""
        at, known = self._known.get(who, (0.0, None))
        if known is not None and time.monotonic() - at < FRESH:
            return known
        task = self._reading.get(who)
        if task is None:
            task = self._reading[who] = asyncio.create_task(self._read(who))
            task.add_done_callback(lambda _: self._reading.pop(who, None))
        await asyncio.wait({task}, timeout=self._budget)
        return self._known.get(who, (0.0, None))[1]

    async def _read(self, who: tuple[str, str]) -> None:
        try:
            found = await self._look(*who)
        except VigieError as error:
            log.info("nothing to suggest", error=error.key)
            return
        self._known[who] = (time.monotonic(), found)


def _focused(data: Json) -> Iterator[Json]:
    options = data.get("options")
    for one in options if isinstance(options, list) else []:
        if isinstance(one, dict):
            if one.get("focused") is True:
                yield one
            yield from _focused(one)


def drawn(entries: Sequence[Entry]) -> list[Json]:
    """Entries as Discord takes them: 25, a hundred characters each, each value once."""
    once: dict[str, str] = {}
    for one in entries:
        if 0 < len(one.value) <= LONGEST:
            once.setdefault(one.value, label(one.label, LONGEST))
    return [{"name": name, "value": value} for value, name in list(once.items())[:MOST]]
