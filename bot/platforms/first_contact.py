"""First contact: the first request of a workspace creates its team, so that it can be set up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import structlog

from bot.catalogue.loader import load
from bot.errors import VigieError
from bot.i18n import LANGUAGES, language_of, texts
from bot.ids import new_id
from bot.record.audit import Entry
from bot.teams.team import Installation, Team
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.i18n import Language
    from bot.message import Reply
    from bot.ports import Store, Tx
    from bot.request import Request

log = structlog.get_logger()
NAME = 80
"""Characters of a team's name, at most."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A platform's description of a workspace and of its first user; unknown fields are empty.

    `locale` is such as `fr-FR`, `zone` an IANA name.
    """

    name: str = ""
    locale: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Fallback:
    """Language and zone of new teams, from the settings: used where the platform gives none.

    `language_is_set`: the language was set by hand, and prevails over what the platform gives.
    """

    language: Language = "fr"
    zone: str = "Europe/Paris"
    language_is_set: bool = False

    def choose_language(self, locale: str) -> Language:
        """Return the language of a new team whose platform gives a locale, maybe empty."""
        return self.language if self.language_is_set else language_of(locale) or self.language


@dataclass(frozen=True)
class Reception:
    """An entry point before the pipeline: the first request of a workspace creates its team, not ready yet."""

    store: Store
    receive_known: Callable[[Request], Awaitable[Reply]]
    introduce: Callable[[Request], Awaitable[Newcomer]]
    fallback: Fallback = field(default_factory=Fallback)
    _known_places: set[tuple[str, str]] = field(default_factory=set)

    async def warm(self) -> None:
        """Load catalogue, texts and holidays before the first answer, which a platform awaits for three seconds."""
        await asyncio.to_thread(_load_caches, self.fallback)

    async def receive(self, request: Request) -> Reply:
        """Answer a request of an existing or a new workspace."""
        place = (request.platform, request.team)
        if place not in self._known_places:
            try:
                await self._create_team(request)
                self._known_places.add(place)
            except VigieError:  # the pipeline answers that it does not know the team, or that the database is away
                log.exception("first contact failed", platform=request.platform)
        return await self.receive_known(request)

    async def _create_team(self, request: Request) -> None:
        if await self.store.read(lambda tx: tx.teams.find(request.platform, request.team)) is None:
            newcomer = await self.introduce(request)
            await self.store.write(lambda tx: install(tx, request.platform, request.team, newcomer, self.fallback))


def install(tx: Tx, platform: str, external_id: str, newcomer: Newcomer, fallback: Fallback) -> Team:
    """Create the team of a workspace, to be set up later; an existing one stays unchanged."""
    existing = tx.teams.find(platform, external_id)
    if existing is not None:
        return existing
    place = zone_of(newcomer.zone) or fallback.zone
    country, subdivision = _find_country(place)
    team = Team(
        new_id(tx.now),
        newcomer.name.strip()[:NAME] or external_id,
        fallback.choose_language(newcomer.locale),
        place,
        country,
        subdivision,
    )
    tx.teams.add(team, Installation(team.id, platform, external_id))
    tx.audit.write(Entry(team.id, new_id(tx.now), tx.now, "found", "team", team.id, None, source="engine"))
    return team


def _load_caches(fallback: Fallback) -> None:
    _find_country(fallback.zone)
    load()
    for language in LANGUAGES:
        texts(language).date(date.min)


def zone_of(name: str) -> str | None:
    """Return the name of an existing zone, else None."""
    if not name:
        return None
    try:
        zone(name)
    except VigieError:
        return None
    return name


def _find_country(place: str) -> tuple[str, str | None]:
    """Return the country and subdivision of a zone; France for a zone without a supported country."""
    from babel.core import get_global
    from holidays import list_supported_countries

    country = str(get_global("zone_territories").get(place, ""))
    return (country, None) if country in list_supported_countries() else ("FR", None)
