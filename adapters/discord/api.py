"""Discord's REST API: discord.py keeps the limit of each route, the gate the global one; errors become the core's."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord.http import Route

from adapters.discord.files import form
from bot import transport
from bot.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.discord.files import Upload

Json = dict[str, Any]
PLATFORM = "Discord"
"""The name that errors show."""

TIMEOUT = 25.0
"""Seconds for a call with all retries of discord.py: under the 30 that the outbox allows for."""
ANSWER = 5.0
"""Seconds for a callback: Discord waits for three."""
SERVER_FAULT, TOO_MANY, UNAUTHORIZED, REFUSED = 500, 429, 401, 400
BUSY = 30.0
"""Seconds to wait when Discord asks for patience without a duration."""
OLD_EDITS = 300.0
"""Seconds until an old message may be edited again; its limit is not documented (code 30046)."""
GONE = frozenset({10008})
DONE_ALREADY = 40060
TOO_LATE = frozenset({10062, 10015, 50027})
"""Unknown interaction, unknown webhook, expired token: the answer must be posted elsewhere."""
TOO_OLD_TO_EDIT = 30046


class Api:
    """Calls over a client that is logged in (:meth:`open`)."""

    def __init__(self, client: discord.Client, *, timeout: float = TIMEOUT) -> None:
        self._client = client
        self._timeout = timeout
        self._answers: aiohttp.ClientSession | None = None
        self._logged_in = False
        self.application = ""
        """The application's id; empty before the login."""
        self.me = ""
        """The bot's own user id."""

    async def open(self, token: str) -> Json:
        """Log in; return the bot's user. May be called again after a failure.

        Raises discord.LoginFailure for an invalid token, TransportError when Discord cannot be reached.
        """
        user = await self._log_in(token)
        self.me = str(user["id"])
        self.application = str((await self.look("/applications/@me"))["id"])
        return user

    async def _log_in(self, token: str) -> Json:
        http = self._client.http
        try:
            if not self._logged_in:
                self._logged_in = True
                await self._client._async_setup_hook()  # noqa: SLF001  # as `async with client` does before it closes
                return dict(await http.static_login(token))
            http.token = token  # a failed login has cleared it; the connections remain
            return dict(await http.request(Route("GET", "/users/@me")))
        except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError) as error:
            if getattr(error, "status", 0) == UNAUTHORIZED:
                raise discord.LoginFailure from error
            raise _translate_error("GET /users/@me", error, looking=True) from error

    async def close(self) -> None:
        if self._answers is not None:
            await self._answers.close()
        await self._client.close()

    async def call(self, method: str, path: str, body: Any = None, **ids: str) -> Any:
        """Change something: `call("POST", "/channels/{channel_id}/messages", {…}, channel_id=…)`.

        Raises TransportError (`code` and `status` are in its params), OutcomeUnknownError when it may have been done.
        """
        return await self._request(Route(method, path, **ids), {} if body is None else {"json": body}, looking=False)

    async def send(self, method: str, path: str, body: Json, files: Sequence[Upload], **ids: str) -> Any:
        """Change something, as `call` does, with files beside the body."""
        arguments = {"form": form(body, files)} if files else {"json": body}
        return await self._request(Route(method, path, **ids), arguments, looking=False)

    async def look(self, path: str, query: Mapping[str, str | int] | None = None, /, **ids: str) -> Any:
        """Read something, so that no outcome is ever unknown. Raises TransportError."""
        return await self._request(Route("GET", path, **ids), {"params": dict(query)} if query else {}, looking=True)

    async def _request(self, route: Route, arguments: Json, *, looking: bool) -> Any:
        name = f"{route.method} {route.path}"
        if not self.me:
            raise transport.unreachable(PLATFORM, method=name)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._client.http.request(route, **arguments)
        except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError, KeyError) as error:
            raise _translate_error(name, error, looking=looking) from error

    # interactions: outside the gate and its limit

    async def answer(self, interaction: str, token: str, body: Json, files: Sequence[Upload] = ()) -> bool:
        """Send the first answer to an interaction; return False when it is too late. Raises TransportError.

        An interaction that is answered already counts as success: the answer came through, its receipt was lost.
        """
        try:
            await self.follow("POST", f"/interactions/{interaction}/{token}/callback", body, files)
        except TransportError as error:
            if error.params.get("code") in TOO_LATE:
                return False
            if error.params.get("code") != DONE_ALREADY:
                raise
        return True

    async def follow(self, method: str, path: str, body: Json | None = None, files: Sequence[Upload] = ()) -> Json:
        """Follow up an answer, with a call such as `PATCH /webhooks/{application}/{token}/messages/@original`.

        Tried twice, except for a call that would then post twice. Raises TransportError.
        """
        tries = 1 if method == "POST" and path.startswith("/webhooks/") else 2
        name = f"{method} {path.split('/')[1]}"
        while True:
            tries -= 1
            try:
                return await self._follow(method, path, _build_arguments(body, files))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                if not tries:
                    raise transport.unanswered(PLATFORM, method=name) from error
            except TransportError as error:
                if not tries or error.permanent:
                    raise
                await asyncio.sleep(min(error.retry_after or 0.2, 1.0))

    async def _follow(self, method: str, path: str, sent: Json) -> Json:
        async with self._get_session().request(method, Route.BASE + path, **sent) as answer:
            raw = await answer.read()
            content = json.loads(raw) if raw and answer.content_type == "application/json" else {}
            if answer.status < REFUSED:
                return content if isinstance(content, dict) else {}
            code, seconds = int(content.get("code", 0)), content.get("retry_after")
        raise _translate_refusal(f"{method} {path.split('/')[1]}", answer.status, code, seconds)

    def _get_session(self) -> aiohttp.ClientSession:
        if self._answers is None:
            self._answers = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ANSWER),
                headers={"User-Agent": self._client.http.user_agent},
                connector=aiohttp.TCPConnector(limit=0),
            )
        return self._answers


def _build_arguments(body: Json | None, files: Sequence[Upload]) -> Json:
    """Build the arguments of an aiohttp request; with files a form, which can be sent once."""
    if not files:
        return {} if body is None else {"json": body}
    fields = aiohttp.FormData(quote_fields=False)  # Discord reads `files[0]` as it stands
    for part in form(body or {}, files):
        fields.add_field(**part)
    return {"data": fields}


def _translate_error(name: str, error: Exception, *, looking: bool) -> TransportError:
    """Translate an error of discord.py; the core needs to know if a retry can help."""
    if isinstance(error, discord.RateLimited):
        return transport.busy(PLATFORM, retry_after=error.retry_after, method=name)
    if isinstance(error, discord.HTTPException) and not (looking and error.status >= SERVER_FAULT):
        return _translate_refusal(name, error.status, error.code, None)
    if isinstance(error, aiohttp.ClientConnectorError):  # nothing was sent
        return transport.unreachable(PLATFORM, method=name)
    if isinstance(error, KeyError):  # a 429 that does not say how long, which discord.py relies on
        return transport.busy(PLATFORM, retry_after=OLD_EDITS, method=name)
    return transport.unanswered(PLATFORM, reading=looking, method=name)


def _translate_refusal(name: str, status: int, code: int, seconds: float | None) -> TransportError:
    """Translate a refusal of Discord."""
    about: Json = {"method": name, "code": code, "status": status}
    if code == TOO_OLD_TO_EDIT:
        return transport.busy(PLATFORM, retry_after=OLD_EDITS, **about)
    if status == TOO_MANY:
        return transport.busy(PLATFORM, retry_after=seconds or BUSY, **about)
    if status >= SERVER_FAULT:
        return transport.unanswered(PLATFORM, **about)
    if code in GONE:
        return transport.message_gone(**about)
    return transport.refused(PLATFORM, **about)
