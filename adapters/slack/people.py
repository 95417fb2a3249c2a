"""Profiles of the workspace's people: read once, kept for an hour, refreshed by events."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from cachetools import LRUCache

from adapters.slack.events import at, text
from bot.errors import TransportError

if TYPE_CHECKING:
    from adapters.slack.api import Api

log = structlog.get_logger()
KEPT = 3600.0
"""Seconds."""
MOST = 10_000
"""People that are kept."""


@dataclass(frozen=True, slots=True)
class Person:
    """Describes a user. `gone`: deactivated; `locale` such as `fr-FR`; `zone` an IANA name. Bots act on nothing."""

    id: str
    name: str
    zone: str = ""
    locale: str = ""
    bot: bool = False
    gone: bool = False
    guest: bool = False
    """Invited to some channels alone, or of another workspace."""


class People:
    """Caches users.info. When Slack does not answer, the last profile stays valid."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._cache: LRUCache[str, tuple[float, Person]] = LRUCache(MOST)

    async def get(self, user: str) -> Person | None:
        """Return a person; None when Slack knows no such user, or never answered."""
        fresh = self.fresh(user)
        if fresh is not None:
            return fresh
        try:
            answer = await self._api.look("users.info", user=user, include_locale=True)
        except TransportError as error:
            log.info("person not read", error=error.key)
            return self.last(user)
        return self.learn(at(answer, "user"))

    def learn(self, user: Any) -> Person | None:
        """Store a user's profile as Slack sends it (also in the event user_change)."""
        if not text(user, "id"):
            return None
        name = next(filter(None, (
            text(user, "profile", "display_name").strip(), text(user, "profile", "real_name").strip(),
            text(user, "real_name").strip(), text(user, "name"), text(user, "id"),
        )))  # fmt: skip
        bot = at(user, "is_bot") is True or text(user, "id") == "USLACKBOT"
        guest = any(at(user, key) is True for key in ("is_restricted", "is_ultra_restricted", "is_stranger"))
        is_deleted = at(user, "deleted") is True
        locale = text(user, "locale") or self._last_locale(text(user, "id"))  # user_change does not always say it
        person = Person(text(user, "id"), name, text(user, "tz"), locale, bot, is_deleted, guest)
        self._cache[person.id] = (time.monotonic(), person)
        return person

    def fresh(self, user: str) -> Person | None:
        """Return a person whose profile is recent enough."""
        read_at, person = self._cache.get(user, (0.0, None))
        return person if time.monotonic() - read_at < KEPT else None

    def last(self, user: str) -> Person | None:
        """Return the last profile of a person, whatever its age, without a call."""
        return self._cache[user][1] if user in self._cache else None

    def _last_locale(self, user: str) -> str:
        person = self.last(user)
        return person.locale if person else ""
