"""What Slack says of the team's members, told to the core: once for each of them, and again when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from cachetools import LRUCache

from bot.errors import VigieError
from bot.platforms.profiles import Profile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from adapters.slack.people import Person

log = structlog.get_logger()
MOST = 10_000
"""People that are remembered as told."""


class Meeting:
    """`meet(team, profile, before)` is the core's (bot.platforms.profiles): False for somebody who is no member."""

    def __init__(self) -> None:
        self.meet: Callable[[str, Profile, Profile | None], Awaitable[bool]] | None = None
        self._told: LRUCache[str, Person] = LRUCache(MOST)

    def new(self, people: Iterable[Person]) -> list[Person]:
        """Those of whom the core does not know what Slack says by now."""
        return [one for one in people if not one.bot and self._changed(one)]

    def _changed(self, person: Person) -> bool:
        told = self._told.get(person.id)
        return told is not person and (told is None or _profile(told) != _profile(person))

    async def tell(self, team: str, people: Iterable[Person], before: Person | None = None) -> None:
        """Tell the core; `before` is what Slack said of the person last. A stranger is looked at again each time."""
        for person in people:
            last = self._told.get(person.id) or before
            try:
                member = self.meet is not None and await self.meet(
                    team, _profile(person), _profile(last) if last else None
                )
            except VigieError:
                log.exception("person not kept")
                continue
            if member:
                self._told[person.id] = person


def _profile(person: Person) -> Profile:
    return Profile(person.id, person.name, person.zone, person.locale, person.gone)
