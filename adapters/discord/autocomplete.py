"""Choices for an option that is being typed, from lists read a moment ago, within a third of a second."""

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
"""Seconds within which choices must be read to be of use."""
FRESH = 10.0
"""Seconds for which lists are used without reading them again."""
MOST, LONGEST = 25, 100
CACHED = 1000


class Entry(Protocol):
    """An entry to choose: its label, and the value that the command receives."""

    @property
    def label(self) -> str: ...

    @property
    def value(self) -> str: ...


class Lists(Protocol):
    """The lists that one person may choose from."""

    def __call__(self, kind: str, typed: str, /) -> Sequence[Entry]:
        """Return the entries of a kind that match the typed text."""
        ...


class Suggestions:
    """Caches lists by person; `look` reads those of a person (team, user), None for strangers."""

    def __init__(
        self,
        registry: Registry,
        look: Callable[[str, str], Awaitable[Lists | None]],
        budget: float = BUDGET,
    ) -> None:
        self._registry = registry
        self._look = look
        self._budget = budget
        self._lists: LRUCache[tuple[str, str], tuple[float, Lists | None]] = LRUCache(CACHED)
        self._reading: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def choices(self, payload: Json) -> list[Json]:
        """Return the choices for the option that is being typed; none when the lists are empty or come too late."""
        data = payload.get("data")
        focused = next(_find_focused(data), None) if isinstance(data, dict) else None
        if focused is None or not isinstance(data, dict):
            return []
        kind = self._find_kind(data, text(focused, "name"))
        person = payload.get("member") if isinstance(payload.get("member"), dict) else payload
        key = text(payload, "guild_id"), text(person, "user", "id")
        if not kind or not all(key):
            return []
        lists = await self._get_lists(key)
        return drawn(lists(kind, text(focused, "value"))) if lists else []

    def _find_kind(self, data: Json, name: str) -> str:
        for take in takes(pattern_at(self._registry, data)):
            if take.kind in SUGGESTED and name in {name_of(take, language) for language in LANGUAGES}:
                return take.kind
        return ""

    async def _get_lists(self, key: tuple[str, str]) -> Lists | None:
        """Return the lists of a person: fresh if they can be read in time, else the cached ones."""
        at, lists = self._lists.get(key, (0.0, None))
        if lists is not None and time.monotonic() - at < FRESH:
            return lists
        task = self._reading.get(key)
        if task is None:
            task = self._reading[key] = asyncio.create_task(self._read(key))
            task.add_done_callback(lambda _: self._reading.pop(key, None))
        await asyncio.wait({task}, timeout=self._budget)
        return self._lists.get(key, (0.0, None))[1]

    async def _read(self, key: tuple[str, str]) -> None:
        try:
            lists = await self._look(*key)
        except VigieError as error:
            log.info("nothing to suggest", error=error.key)
            return
        self._lists[key] = (time.monotonic(), lists)


def _find_focused(data: Json) -> Iterator[Json]:
    options = data.get("options")
    for option in options if isinstance(options, list) else []:
        if isinstance(option, dict):
            if option.get("focused") is True:
                yield option
            yield from _find_focused(option)


def drawn(entries: Sequence[Entry]) -> list[Json]:
    """Render entries as Discord takes them: 25, a hundred characters each, each value once."""
    once: dict[str, str] = {}
    for entry in entries:
        if 0 < len(entry.value) <= LONGEST:
            once.setdefault(entry.value, label(entry.label, LONGEST))
    return [{"name": name, "value": value} for value, name in list(once.items())[:MOST]]
