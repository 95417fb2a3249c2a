"""What Slack says of the team's members, told to the core: once for each of them, and again when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.errors import VigieError
from bot.knowing import Profile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from adapters.slack.people import Person

log = structlog.get_logger()
MOST = 10_000
"""People that are remembered as told."""


class Meeting:
    """`meet(team, profile, before)` is the core's (bot.knowing): False for somebody who is no member."""

    def __init__(self) -> None:
        self.meet: Callable[[str, Profile, Profile | None], Awaitable[bool]] | None = None
        self._told: dict[str, Profile] = {}

    def new(self, people: Iterable[Person]) -> list[Person]:
        """Those of whom the core does not know what Slack says by now."""
        return [one for one in people if not one.bot and self._told.get(one.id) != _profile(one)]

    async def tell(self, team: str, people: Iterable[Person], before: Person | None = None) -> None:
        """Tell the core; `before` is what Slack said of the person last. A stranger is looked at again each time."""
        for person in people:
            last = self._told.get(person.id) or (_profile(before) if before else None)
            try:
                member = self.meet is not None and await self.meet(team, _profile(person), last)
            except VigieError:
                log.exception("person not kept")
                continue
            if member:
                self._told[person.id] = _profile(person)
                if len(self._told) > MOST:
                    del self._told[next(iter(self._told))]


def _profile(person: Person) -> Profile:
    return Profile(person.id, person.name, person.zone, person.locale, person.gone)
