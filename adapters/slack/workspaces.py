"""Serves every workspace that installed the app, over HTTP, each with its own token.

1. A delivery is signed by Slack for the app; its workspace's office takes it (adapters.slack.platform, one for each).
2. What we send goes to the office of its address, or of its reference.
3. Before each call the office asks for the token: one that is about to expire is renewed, by one process.
4. Uninstalled, or its token revoked: the office is closed, and whoever composed us is told that we are gone from there.
5. Of many offices those that nobody has used for a while are closed as well; they open again when they are needed.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from slack_bolt.response import BoltResponse

from adapters.slack.api import Api
from adapters.slack.events import at, text
from adapters.slack.http import HttpEndpoint
from adapters.slack.oauth import Application, Installations, Installing
from adapters.slack.platform import ABREAST, REVOKED, Credentials, Manner, SlackPlatform
from adapters.slack.routing import build_app
from bot import transport
from bot.errors import StoreError, TransportError, VigieError
from bot.platforms.first_contact import Newcomer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from aiohttp import web
    from slack_bolt.request.async_request import AsyncBoltRequest

    from adapters.slack.inbound import Inbound
    from bot.clock import Clock
    from bot.engine.posting import Ref
    from bot.i18n import Texts
    from bot.message import Message, Reply
    from bot.platforms.grants import Grant, Vault
    from bot.platforms.missed_reactions import ReactedMessage
    from bot.platforms.profiles import Profile
    from bot.ports import Address
    from bot.request import Request

log = structlog.get_logger()
Json = dict[str, Any]
T = TypeVar("T")
PLATFORM = "slack"
OFFICES = 500
"""Workspaces whose office stays open unused: about 7 KiB each, and its caches. Opening takes 0.2 ms."""
IDLE = 600.0
"""Seconds for which an office is kept in any case: longer than it remembers what it has posted."""
ENDS = ("app_uninstalled", "tokens_revoked")


@dataclass(frozen=True, slots=True)
class Product:
    """Holds what the platform asks of the product.

    `gone` and `back` are called with places, maybe more than once for the same change.
    """

    clock: Clock
    texts: Texts
    accounts: Callable[[str, Collection[str]], Awaitable[Mapping[str, str]]]
    meet: Callable[[str, Profile, Profile | None], Awaitable[bool]]
    gone: Callable[[str], Awaitable[None]]
    back: Callable[[str], Awaitable[None]]
    lines: Sequence[str] = ()


class SlackWorkspaces:
    """Serves many workspaces (port: bot.ports.Platform)."""

    name = PLATFORM
    reconciles = False

    def __init__(self, application: Application, vault: Vault, product: Product, manner: Manner | None = None) -> None:
        self._application = application
        self._vault = vault
        self._product = product
        self._manner = manner or Manner()
        self._api = Api("", application.base, timeout=self._manner.timeout)
        self._offices: dict[str, SlackPlatform] = {}
        """In the order of their last use."""
        self._used: dict[str, float] = {}
        self._grants: dict[str, Grant] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._receive: Callable[[Request], Awaitable[Reply]] | None = None
        installations = Installations(product.clock, self.installed)
        self._installing = Installing(application, self._api, vault, product.texts, installations)
        self.ended: asyncio.Event = asyncio.Event()
        self.why: VigieError | None = None

    # life

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the HTTP server: deliveries, and the pages of an installation."""
        endpoint = HttpEndpoint(self._application.signing_secret, build_app(self._find_inbound))
        return [*endpoint.routes(), *self._installing.routes()]

    async def start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        """Take deliveries. Raises ConfigurationError when no key of ours decrypts the tokens."""
        await self._vault.turn_keys()
        self._receive = receive

    async def stop(self) -> None:
        """Take no more deliveries, and finish those in work."""
        self._receive = None
        for place in list(self._offices):
            self._close(place)
        await asyncio.gather(*self._closing)
        await self._api.close()

    async def places(self) -> Sequence[str]:
        """Return every workspace with an installation."""
        return await self._vault.places(PLATFORM)

    # what comes in

    async def _find_inbound(self, request: AsyncBoltRequest) -> Inbound | BoltResponse:
        """Find the receiver of a delivery. A workspace without an installation is answered, so that Slack gives up."""
        if self._receive is None:
            return BoltResponse(status=503)
        body, context = request.body, request.context
        team, parent = _read_team(body) or context.team_id or "", context.enterprise_id or ""
        if text(body, "event", "type") in ENDS:
            await self._handle_end(body, parent if context.is_enterprise_install else team)
            return BoltResponse(status=200)
        try:
            office = await self._find_office(team, parent)
        except StoreError:
            return BoltResponse(status=503)
        if office is None:
            notice = {"response_type": "ephemeral", "text": self._product.texts.text("slack.gone")}
            return BoltResponse(status=200, body=notice if "command" in body else "")
        return office.inbound

    async def _handle_end(self, body: Json, place: str) -> None:
        """End an installation, unless only people's own tokens were revoked, which are never asked for."""
        if text(body, "event", "type") == "app_uninstalled" or at(body, "event", "tokens", "bot"):
            await self._end_installation(place)

    async def introduce(self, request: Request) -> Newcomer:
        """Return what Slack knows of the workspace and of the person who spoke first (bot.platforms.first_contact)."""
        office = await self._find_office(request.team)
        return await office.introduce(request) if office else Newcomer()

    async def reconcile(self, team: str, cards: Sequence[ReactedMessage]) -> int:
        """Hand over one workspace's reactions of the time without a running process; return their number."""
        office = await self._find_office(team)
        return await office.reconcile(team, cards) if office else 0

    # installations

    async def installed(self, grant: Grant) -> None:
        """Store a new or repeated installation."""
        places = await self._vault.put(grant)
        for place in {grant.place, *places}:
            self._close(place)
            await self._product.back(place)
        log.info("slack installed", places=len(places))

    async def _end_installation(self, place: str) -> None:
        for ended in {place, *await self._vault.end(PLATFORM, place)}:
            self._close(ended)
            await self._product.gone(ended)
        log.warning("slack installation over", place=place)

    def _close(self, place: str) -> None:
        """Close an office in the background: the caller may be running in it."""
        self._grants.pop(place, None)
        self._used.pop(place, None)
        office = self._offices.pop(place, None)
        if office is not None:
            closing = asyncio.create_task(office.stop())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def _find_office(self, team: str, parent: str = "") -> SlackPlatform | None:
        """Return the office of a workspace; None without an installation. Raises StoreError."""
        if team in self._offices:
            return self._use_office(team)
        grant = await self._vault.get(PLATFORM, team, parent) if team else None
        if grant is None or self._receive is None:
            return None
        self._offices.setdefault(team, self._open_office(grant, self._receive))
        return self._use_office(team)

    def _use_office(self, team: str) -> SlackPlatform:
        """Mark an open office as used, and close idle ones beyond the limit."""
        now = time.monotonic()
        office = self._offices.pop(team)
        self._offices[team], self._used[team] = office, now
        for place in list(islice(self._offices, max(0, len(self._offices) - OFFICES))):
            if now - self._used[place] >= IDLE:
                self._close(place)
        return office

    def _open_office(self, grant: Grant, receive: Callable[[Request], Awaitable[Reply]]) -> SlackPlatform:
        credentials = Credentials(grant.token, "", self._application.signing_secret, self._application.base)
        office = SlackPlatform(credentials, self._product.accounts, self._product.lines, self._manner, self._api)
        self._grants[grant.place] = grant
        office.api.renewed = lambda: self._fresh_token(grant.place)
        office.inbound.profiles.meet = self._product.meet
        about = {"team": grant.name, "team_id": grant.place, "user_id": grant.bot, "bot_id": grant.bot_id}
        office.introduced(about | {"url": grant.url}, receive)
        return office

    async def _fresh_token(self, place: str) -> str:
        """Return a workspace's token, renewed in time. Raises TransportError when it cannot be renewed."""
        grant = self._grants.get(place)
        if grant is None:
            raise _build_gone_error()
        now = self._product.clock.now()
        if grant.fresh(now):
            return grant.token
        try:
            renewed = await self._vault.renew(PLATFORM, grant.owner, self._refresh_token)
        except TransportError:
            if grant.expires_at is None or grant.expires_at <= now:
                raise
            log.exception("slack token not renewed yet")
            return grant.token
        except StoreError as error:
            raise transport.busy("Slack", method="oauth") from error
        if renewed is None:
            await self._end_installation(place)
            raise _build_gone_error()
        self._grants[place] = renewed.at(place)
        return renewed.token

    async def _refresh_token(self, grant: Grant) -> Grant:
        answer = await self._api.look(
            "oauth.v2.access",
            client_id=self._application.client_id,
            client_secret=self._application.client_secret,
            grant_type="refresh_token",
            refresh_token=grant.refresh,
        )
        lasts = timedelta(seconds=int(at(answer, "expires_in") or 0))
        return replace(
            grant,
            token=text(answer, "access_token"),
            refresh=text(answer, "refresh_token") or grant.refresh,
            expires_at=self._product.clock.now() + lasts,
        )

    # what goes out

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        return await self._call_office(to.team, lambda office: office.post(to, message, key=key))

    async def edit(self, ref: Ref, message: Message) -> None:
        await self._call_office(ref.team, lambda office: office.edit(ref, message))

    async def delete(self, ref: Ref) -> None:
        await self._call_office(ref.team, lambda office: office.delete(ref))

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        return await self._call_office(to.team, lambda office: office.find(to, key, since))

    async def _call_office(self, team: str, call: Callable[[SlackPlatform], Awaitable[T]]) -> T:
        try:
            office = await self._find_office(team)
        except StoreError as error:
            raise transport.busy("Slack", method="oauth") from error
        if office is None:
            raise _build_gone_error()
        used = self._grants.get(team)
        try:
            return await call(office)
        except TransportError as error:
            if error.params.get("code") in REVOKED:
                await self._handle_revoked(team, used)
            raise

    async def _handle_revoked(self, team: str, used: Grant | None) -> None:
        """Handle a revoked token: call again later where a newer one is stored, else end the installation."""
        kept = await self._vault.get(PLATFORM, team)
        if kept is not None and (used is None or kept.token != used.token):
            self._close(team)
            raise transport.busy("Slack", method="oauth")
        await self._end_installation(team)

    def budget(self, seconds: float) -> int:
        return max(1, int(seconds / max(self._manner.pace, 0.01)) * ABREAST)


def _read_team(body: Json) -> str:
    """Return the workspace of a delivery; an event of a shared channel names the installed one."""
    authorized = at(body, "authorizations")
    first = authorized[0] if isinstance(authorized, list) and authorized else {}
    return text(first, "team_id") or text(body, "team_id") or text(body, "team", "id") or text(body, "user", "team_id")


def _build_gone_error() -> TransportError:
    return TransportError("slack.gone", permanent=True)
