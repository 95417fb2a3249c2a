"""Serves one Slack workspace, over Socket Mode or over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from slack_bolt.response import BoltResponse

from adapters.slack.api import Api
from adapters.slack.emoji import unicode_of
from adapters.slack.events import at, text
from adapters.slack.home import Homes
from adapters.slack.http import HttpEndpoint
from adapters.slack.inbound import Inbound
from adapters.slack.people import People
from adapters.slack.post import PACE, Post
from adapters.slack.routing import build_app, build_request, read_body
from adapters.slack.socket import FATAL, SOCKETS, SocketMode
from bot.errors import ConfigurationError, TransportError, VigieError
from bot.platforms.first_contact import Newcomer
from bot.platforms.missed_reactions import report_missed
from bot.ports import Address

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from aiohttp import web
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.request.async_request import AsyncBoltRequest

    from bot.engine.posting import Ref
    from bot.message import Message, Reply
    from bot.platforms.missed_reactions import ReactedMessage
    from bot.ports import Address, Charts
    from bot.request import Request

log = structlog.get_logger()
Json = dict[str, Any]
T = TypeVar("T")
SLACK = "https://slack.com/api/"
REVOKED = frozenset({"token_revoked", "account_inactive", "invalid_auth"})
ABREAST = 16
"""Channels that messages are taken for at the same time."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Holds the settings' secrets: an app token selects Socket Mode, else HTTP mode needs the signing secret."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    base: str = SLACK

    def __post_init__(self) -> None:
        if not self.bot_token:
            raise ConfigurationError("slack.no_token")
        if not self.app_token and not self.signing_secret:
            raise ConfigurationError("slack.no_secret")
        swapped(self.bot_token, self.app_token)


def swapped(bot_token: str, app_token: str) -> None:
    """Raise ConfigurationError where one token stands in the other's place: Slack would only call it bad."""
    for variable, token, other in (("SLACK_BOT_TOKEN", bot_token, "xapp-"), ("SLACK_APP_TOKEN", app_token, "xoxb-")):
        if token.startswith(other):
            raise ConfigurationError("slack.swapped", variable=variable)


@dataclass(frozen=True, slots=True)
class Manner:
    """Holds paces and time-outs, which tests shorten."""

    pace: float = PACE
    sockets: int = SOCKETS
    rest: float = 2.0
    timeout: float = 10.0
    heartbeat: float = 15.0
    charts: Charts | None = None
    """Draws curves where Slack does not; None: they are tables."""


class SlackPlatform:
    """Serves one workspace (port: bot.ports.Platform)."""

    name = "slack"
    reconciles = False

    def __init__(
        self,
        credentials: Credentials,
        accounts: Callable[[str, Collection[str]], Awaitable[Mapping[str, str]]],
        lines: Sequence[str] = (),
        manner: Manner | None = None,
        beside: Api | None = None,
    ) -> None:
        """`accounts` returns the Slack ids of members; `lines` are the lines of App Home; `beside`: see Api."""
        self._credentials = credentials
        self._manner = manner or Manner()
        self._alone = beside is None
        self.api = Api(credentials.bot_token, credentials.base, timeout=self._manner.timeout, beside=beside)
        self.people = People(self.api)
        self._post = Post(self.api, accounts, self._manner.pace, self._manner.charts)
        self._homes = Homes(self._post, self.people, self.api.call, self._manner.rest)
        self._homes.lines = lines
        self.inbound = Inbound(self.api, self.people, self._post, self._homes)
        self.workspace = ""
        self._socket: SocketMode | None = None
        self._app_api: Api | None = None
        self.listening = False
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.ended: asyncio.Event = asyncio.Event()
        self.why: VigieError | None = None
        """Why the platform can do nothing more, once `ended` is set."""

    # what comes in

    @cached_property
    def _app(self) -> AsyncApp:
        """Build Bolt's app at its first use; an office of many workspaces uses the shared one."""
        return build_app(self._find_inbound)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the HTTP server: none in Socket Mode."""
        if self._credentials.app_token:
            return []
        return HttpEndpoint(self._credentials.signing_secret, self._app).routes()

    async def _find_inbound(self, _request: AsyncBoltRequest) -> Inbound | BoltResponse:
        return self.inbound if self.listening else BoltResponse(status=503)

    async def start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        """Authenticate, then listen. Raises ConfigurationError when Slack refuses the credentials for good."""
        try:
            about = await self.api.call("auth.test")
        except TransportError as error:
            await self.api.close()
            if error.params.get("code") in FATAL:
                raise ConfigurationError("slack.bot_token", code=str(error.params["code"])) from error
            raise
        self.introduced(about, receive)
        if self._credentials.app_token:
            await self._open_sockets()

    def introduced(self, about: Json, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        """Begin work in the workspace that `about` describes, in the shape of auth.test."""

        async def take(request: Request) -> Reply:
            self._busy += 1
            self._idle.clear()
            try:
                return await receive(request)
            finally:
                self._busy -= 1
                if not self._busy:
                    self._idle.set()

        self.workspace = text(about, "team")
        team = text(about, "team_id")
        self.inbound.team = self._homes.team = self._post.team = team
        self.inbound.bot, self.inbound.bot_id = text(about, "user_id"), text(about, "bot_id")
        self.inbound.site = text(about, "url")
        self.inbound.receive = self._homes.receive = take
        self.inbound.ended = lambda why: self._end(ConfigurationError("slack.ended", why=why))
        self.listening = True

    async def _open_sockets(self) -> None:
        self._app_api = Api(self._credentials.app_token, self._credentials.base, timeout=self._manner.timeout)
        self._socket = SocketMode(
            self._app_api, self.envelope, sockets=self._manner.sockets, heartbeat=self._manner.heartbeat
        )
        self._socket.ended.add_done_callback(self._socket_ended)
        try:
            await self._socket.start()
        except ConfigurationError:
            await self.stop()
            raise

    def _socket_ended(self, ended: asyncio.Future[None]) -> None:
        error = None if ended.cancelled() else ended.exception()
        if isinstance(error, VigieError):
            self._end(error)

    def _end(self, error: VigieError) -> None:
        if self.ended.is_set():
            return
        log.critical("slack ended", why=error.key)
        self.why = error
        self.ended.set()

    async def envelope(self, envelope: Json) -> Json | None:
        """Handle a Socket Mode envelope; return the acknowledgement's payload, or None to have it delivered again."""
        payload = envelope.get("payload")
        if not self.listening:
            return None
        if envelope.get("type") not in {"events_api", "slash_commands", "interactive"} or not isinstance(payload, dict):
            return {}
        try:
            request = build_request(payload, str(envelope.get("retry_attempt") or ""))
            answer = await self._app.async_dispatch(request)
        except Exception:  # Bolt's own, on a payload of an unknown shape: a listener's fault is an answer by now
            log.exception("slack payload not understood")
            return {}  # it would not be understood the next time either
        return None if answer.status >= 500 else read_body(answer)  # noqa: PLR2004  # a fault: Slack delivers it again

    async def stop(self) -> None:
        """Take no more deliveries, and finish those in work."""
        self.listening = False
        if self._socket is not None:
            await self._socket.stop()
            self._socket = None
        await self._idle.wait()
        await self.inbound.drain()
        await self._post.threads.drain()
        await self._homes.stop()
        if self._app_api is not None:
            await self._app_api.close()
        await self.api.close()

    async def introduce(self, request: Request) -> Newcomer:
        """Return what Slack knows of the workspace and of the person who spoke first (bot.platforms.first_contact)."""
        person = await self.people.get(request.actor)
        return Newcomer(self.workspace, person.locale if person else "", person.zone if person else "")

    async def reconcile(self, team: str, cards: Sequence[ReactedMessage]) -> int:  # there is one workspace
        """Hand over the reactions of the time without a running process; return their number."""

        async def missed(ref: Ref, account: str, emoji: str, added: bool) -> None:  # noqa: FBT001  # as report_missed calls it
            await self.inbound.missed(ref, account, emoji, added=added)

        return await report_missed(cards, self._read_reactions, missed)

    async def _read_reactions(self, ref: Ref) -> set[tuple[str, str]]:
        answer = await self.api.look("reactions.get", channel=ref.channel, timestamp=ref.message, full=True)
        reactions = at(answer, "message", "reactions") or []
        return {(user, unicode_of(text(row, "name"))) for row in reactions for user in at(row, "users") or []}

    # what goes out

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        self._homes.changed()
        return await self._await_call(self._post.post(to, message, key))

    async def edit(self, ref: Ref, message: Message) -> None:
        self._homes.changed()
        await self._await_call(self._post.edit(ref, message))

    async def delete(self, ref: Ref) -> None:
        await self._await_call(self._post.delete(ref))

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        return await self._await_call(self._post.find(to, key, since))

    async def _await_call(self, call: Awaitable[T]) -> T:
        """Await a call; a revoked token ends the platform (for many workspaces SlackWorkspaces decides)."""
        try:
            return await call
        except TransportError as error:
            code = str(error.params.get("code", ""))
            if code in REVOKED and self._alone:
                self._end(ConfigurationError("slack.bot_token", code=code))
            raise

    def budget(self, seconds: float) -> int:
        """Return how many messages fit into so many seconds: channels are paced apart, many at a time."""
        return max(1, int(seconds / max(self._manner.pace, 0.01)) * ABREAST)
