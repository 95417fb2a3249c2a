"""The people of the workspace as Slack knows them: asked once, kept for an hour, refreshed when they change."""

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
    """A user: `bot` acts on nothing, `gone` was deactivated. `locale` is such as `fr-FR`; `zone` an IANA name."""

    id: str
    name: str
    zone: str = ""
    locale: str = ""
    bot: bool = False
    gone: bool = False
    guest: bool = False
    """Invited to some channels alone, or of another workspace."""


class People:
    """A cache over users.info. When Slack does not answer, what was known stays true."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: LRUCache[str, tuple[float, Person]] = LRUCache(MOST)

    async def get(self, user: str) -> Person | None:
        """A person; None when Slack knows nobody by that id, or does not answer and never did."""
        fresh = self.fresh(user)
        if fresh is not None:
            return fresh
        try:
            answer = await self._api.look("users.info", user=user, include_locale=True)
        except TransportError as error:
            log.info("person not read", error=error.key)
            return self.known(user)
        return self.learn(at(answer, "user"))

    def learn(self, user: Any) -> Person | None:
        """Keep what Slack says of a user (also the event user_change)."""
        if not text(user, "id"):
            return None
        name = next(filter(None, (
            text(user, "profile", "display_name").strip(), text(user, "profile", "real_name").strip(),
            text(user, "real_name").strip(), text(user, "name"), text(user, "id"),
        )))  # fmt: skip
        bot = at(user, "is_bot") is True or text(user, "id") == "USLACKBOT"
        guest = any(at(user, key) is True for key in ("is_restricted", "is_ultra_restricted", "is_stranger"))
        gone = at(user, "deleted") is True
        locale = text(user, "locale") or self._locale(text(user, "id"))  # user_change does not always say it
        person = Person(text(user, "id"), name, text(user, "tz"), locale, bot, gone, guest)
        self._known[person.id] = (time.monotonic(), person)
        return person

    def fresh(self, user: str) -> Person | None:
        """A person of whom Slack need not be asked again."""
        said, person = self._known.get(user, (0.0, None))
        return person if time.monotonic() - said < KEPT else None

    def known(self, user: str) -> Person | None:
        """What was last said of a person, without asking."""
        return self._known[user][1] if user in self._known else None

    def _locale(self, user: str) -> str:
        known = self.known(user)
        return known.locale if known else ""
