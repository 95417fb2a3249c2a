"""Installation from a browser (OAuth v2): Bolt's flow over our vault, with pages of our own.

The state is good once and for ten minutes, and the cookie binds it to the browser that began.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.api import Api
from adapters.slack.events import at, text
from adapters.slack.http import INSTALL, REDIRECT
from adapters.slack.manifest import SCOPES
from bot.errors import TransportError, VigieError
from bot.platforms.grants import Grant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.oauth.async_callback_options import AsyncFailureArgs, AsyncSuccessArgs

    from bot.clock import Clock
    from bot.i18n import Texts
    from bot.platforms.grants import Vault

log = structlog.get_logger()
CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
STYLE = "body{font:18px/1.6 system-ui;max-width:34em;margin:4em auto;padding:0 1em;color-scheme:light dark}"


@dataclass(frozen=True, slots=True)
class Application:
    """Holds the credentials of the app that workspaces install."""

    client_id: str
    client_secret: str = field(repr=False)
    signing_secret: str = field(repr=False)
    base: str


class _States(AsyncOAuthStateStore):
    """Implements Bolt's state store over the vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def async_issue(self, *_: Any, **__: Any) -> str:
        return await self._vault.issue()

    async def async_consume(self, state: str) -> bool:
        return await self._vault.consume(state)


class Installations(AsyncInstallationStore):
    """Implements Bolt's installation store: passes each new installation on as a grant."""

    def __init__(self, clock: Clock, installed: Callable[[Grant], Awaitable[None]]) -> None:
        self._clock = clock
        self._installed = installed

    async def async_save(self, installation: Installation) -> None:
        await self._installed(to_grant(installation, self._clock))


def to_grant(installation: Installation, clock: Clock) -> Grant:
    """Translate an installation into a grant: the organisation's, where it covers all of it."""
    whole = bool(installation.is_enterprise_install)
    place = installation.enterprise_id if whole else installation.team_id
    name = installation.enterprise_name if whole else installation.team_name
    seconds = installation.bot_token_expires_at and installation.bot_token_expires_at - int(installation.installed_at)
    return Grant(
        "slack",
        place or "",
        installation.bot_token or "",
        installation.bot_refresh_token or "",
        clock.now() + timedelta(seconds=seconds) if seconds else None,
        installation.bot_user_id or "",
        installation.bot_id or "",
        name or "",
        str(installation.custom_values.get("url", "")),
    )


class Installing(AsyncOAuthFlow):
    """Serves the two pages of an installation."""

    def __init__(
        self,
        application: Application,
        api: Api,
        vault: Vault,
        texts: Texts,
        installations: Installations,
    ) -> None:
        self._api = api
        self._texts = texts
        super().__init__(
            settings=AsyncOAuthSettings(
                client_id=application.client_id,
                client_secret=application.client_secret,
                scopes=list(SCOPES),
                install_path=INSTALL,
                redirect_uri_path=REDIRECT,
                installation_store=installations,
                state_store=_States(vault),
                callback_options=AsyncCallbackOptions(success=self._show_success, failure=self._show_failure),
            ),
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the HTTP server."""
        return [web.get(INSTALL, self._handle_install), web.get(REDIRECT, self._handle_redirect)]

    async def _handle_install(self, request: web.Request) -> web.Response:
        return await self._run_step(self.handle_installation, request)

    async def _handle_redirect(self, request: web.Request) -> web.Response:
        return await self._run_step(self.handle_callback, request)

    async def _run_step(
        self, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]], request: web.Request
    ) -> web.Response:
        bolt_request = AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))
        try:
            answer = await handle(bolt_request)
        except (VigieError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack installation failed", why=type(error).__name__)
            answer = self._build_refusal("other", 503)
        return await to_aiohttp_response(answer)

    async def run_installation(self, code: str) -> Installation | None:
        """Exchange the code for a token (Bolt's own way logs the code). Raises TransportError when Slack is away."""
        credentials = {"client_id": self.client_id, "client_secret": self.settings.client_secret}
        try:
            granted = await self._api.look("oauth.v2.access", code=code, **credentials)
        except TransportError as error:
            if error.params.get("code"):
                return None
            raise
        about = await Api(text(granted, "access_token"), self._api.base, beside=self._api).look("auth.test")
        return Installation(
            team_id=text(granted, "team", "id"), team_name=text(granted, "team", "name"),
            enterprise_id=text(granted, "enterprise", "id"), enterprise_name=text(granted, "enterprise", "name"),
            is_enterprise_install=at(granted, "is_enterprise_install") is True,
            user_id=text(granted, "authed_user", "id"),
            bot_token=text(granted, "access_token"), bot_refresh_token=text(granted, "refresh_token"),
            bot_token_expires_in=at(granted, "expires_in"), bot_user_id=text(granted, "bot_user_id"),
            bot_id=text(about, "bot_id"), custom_values={"url": text(about, "url")},
        )  # fmt: skip

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        say = self._texts.text
        link = f'<p><a href="{escape(url)}">{escape(say("slack.install.button"))}</a></p>'
        return self._build_page(say("slack.install.title"), f"<p>{escape(say('slack.install.about'))}</p>{link}")

    async def append_set_cookie_headers(self, headers: dict[str, Any], set_cookie_value: str | None) -> dict[str, Any]:
        complete: dict[str, Any] = await super().append_set_cookie_headers(headers, set_cookie_value)
        return complete | {"Content-Security-Policy": CSP}

    async def _show_success(self, args: AsyncSuccessArgs) -> BoltResponse:
        name = args.installation.team_name or args.installation.enterprise_name or "Slack"
        title = self._texts.text("slack.installed.title", name=name)
        body = self._build_page(title, f"<p>{escape(self._texts.text('slack.installed.next'))}</p>")
        return _build_html_response(200, body, self.settings.state_utils.build_set_cookie_for_deletion())

    async def _show_failure(self, args: AsyncFailureArgs) -> BoltResponse:
        log.warning("slack installation refused", why=args.reason if args.reason.isidentifier() else "other")
        return self._build_refusal(args.reason, args.suggested_status_code)

    def _build_refusal(self, reason: str, status: int) -> BoltResponse:
        text_key = reason if reason in ("access_denied", "invalid_browser", "invalid_state") else "other"
        why = self._texts.text(f"slack.install.why.{text_key}")
        again = f'<p><a href="{INSTALL}">{escape(self._texts.text("slack.install.again"))}</a></p>'
        return _build_html_response(
            status, self._build_page(self._texts.text("slack.not_installed_now"), f"<p>{escape(why)}</p>{again}")
        )

    def _build_page(self, title: str, body: str) -> str:
        head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{STYLE}</style>"
        return f'<!doctype html><html lang="{self._texts.language}">{head}<h1>{escape(title)}</h1>{body}</html>'


def _build_html_response(status: int, body: str, cookie: str = "") -> BoltResponse:
    headers: dict[str, Any] = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": CSP}
    return BoltResponse(status=status, body=body, headers=headers | ({"Set-Cookie": [cookie]} if cookie else {}))
