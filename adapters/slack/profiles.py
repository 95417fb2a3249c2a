"""Passes the profiles of the team's members to the core: once each, and again when one changes."""

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
"""People whose profiles are remembered as passed."""


class Profiles:
    """Passes profiles to the core's `meet(team, profile, before)`, which returns False for a stranger."""

    def __init__(self) -> None:
        self.meet: Callable[[str, Profile, Profile | None], Awaitable[bool]] | None = None
        self._passed: LRUCache[str, Person] = LRUCache(MOST)

    def new(self, people: Iterable[Person]) -> list[Person]:
        """Return the people whose profile the core does not have yet."""
        return [person for person in people if not person.bot and self._is_changed(person)]

    def _is_changed(self, person: Person) -> bool:
        passed = self._passed.get(person.id)
        return passed is not person and (passed is None or _build_profile(passed) != _build_profile(person))

    async def tell(self, team: str, people: Iterable[Person], before: Person | None = None) -> None:
        """Pass profiles to the core; `before` is the last one. Strangers are passed again each time."""
        for person in people:
            last = self._passed.get(person.id) or before
            try:
                member = self.meet is not None and await self.meet(
                    team, _build_profile(person), _build_profile(last) if last else None
                )
            except VigieError:
                log.exception("person not kept")
                continue
            if member:
                self._passed[person.id] = person


def _build_profile(person: Person) -> Profile:
    return Profile(person.id, person.name, person.zone, person.locale, person.gone)
