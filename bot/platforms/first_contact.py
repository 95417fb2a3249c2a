"""First contact: a workspace that speaks to us for the first time becomes a team, so that it can be set up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import structlog

from bot.catalogue.loader import load
from bot.errors import VigieError
from bot.i18n import LANGUAGES, texts
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
"""Characters of a team's name that are kept."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a platform tells of a workspace and of the person who spoke first; what it does not say is empty.

    `locale` is such as `fr-FR`, `zone` an IANA name.
    """

    name: str = ""
    locale: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Fallback:
    """What new teams get where their platform says nothing (the settings)."""

    language: Language = "fr"
    zone: str = "Europe/Paris"


@dataclass(frozen=True)
class Reception:
    """Stands before the pipeline: the first request of a workspace makes its team, not ready yet."""

    store: Store
    receive_known: Callable[[Request], Awaitable[Reply]]
    introduce: Callable[[Request], Awaitable[Newcomer]]
    fallback: Fallback = field(default_factory=Fallback)
    _met: set[tuple[str, str]] = field(default_factory=set)

    async def warm(self) -> None:
        """Read what the first answer needs, before anybody waits for it: a platform gives it three seconds."""
        await asyncio.to_thread(_warm, self.fallback)

    async def receive(self, request: Request) -> Reply:
        """Answer a request, of a workspace known or new."""
        place = (request.platform, request.team)
        if place not in self._met:
            try:
                await self._meet(request)
                self._met.add(place)
            except VigieError:  # the pipeline answers that it does not know the team, or that the database is away
                log.exception("first contact failed", platform=request.platform)
        return await self.receive_known(request)

    async def _meet(self, request: Request) -> None:
        if await self.store.read(lambda tx: tx.teams.find(request.platform, request.team)) is None:
            newcomer = await self.introduce(request)
            await self.store.write(lambda tx: install(tx, request.platform, request.team, newcomer, self.fallback))


def install(tx: Tx, platform: str, external_id: str, newcomer: Newcomer, fallback: Fallback) -> Team:
    """Store the team of a workspace, to be set up by whoever asks first; one that is there already stays as it is."""
    known = tx.teams.find(platform, external_id)
    if known is not None:
        return known
    place = zone_of(newcomer.zone) or fallback.zone
    country, subdivision = _country(place)
    team = Team(
        new_id(tx.now),
        newcomer.name.strip()[:NAME] or external_id,
        language_of(newcomer.locale) or fallback.language,
        place,
        country,
        subdivision,
    )
    tx.teams.add(team, Installation(team.id, platform, external_id))
    tx.audit.write(Entry(team.id, new_id(tx.now), tx.now, "found", "team", team.id, None, source="engine"))
    return team


def _warm(fallback: Fallback) -> None:
    _country(fallback.zone)
    load()
    for language in LANGUAGES:
        texts(language).date(date.min)


def zone_of(name: str) -> str | None:
    """The zone's name, if there is such a zone."""
    if not name:
        return None
    try:
        zone(name)
    except VigieError:
        return None
    return name


def language_of(locale: str) -> Language | None:
    """The language of ours that suits a locale; None when there is no locale."""
    match locale.replace("_", "-").partition("-")[0].lower():
        case "fr":
            return "fr"
        case "":
            return None
        case _:
            return "en"


def _country(place: str) -> tuple[str, str | None]:
    """The country whose holidays a zone keeps; France where the zone belongs to none that we know."""
    from babel.core import get_global
    from holidays import list_supported_countries

    country = str(get_global("zone_territories").get(place, ""))
    return (country, None) if country in list_supported_countries() else ("FR", None)
