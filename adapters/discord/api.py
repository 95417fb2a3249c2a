"""Discord's REST API: discord.py keeps the limits of each route, the gate the one over all; errors become ours."""

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
"""Seconds for a call with all that discord.py tries: under the 30 that the outbox allows for."""
ANSWER = 5.0
"""Seconds for a callback: Discord waits for three."""
SERVER_FAULT, TOO_MANY, UNAUTHORIZED, REFUSED = 500, 429, 401, 400
BUSY = 30.0
"""Seconds when Discord asks for patience without saying how much."""
OLD_EDITS = 300.0
"""Seconds until an old message may be edited again; nobody knows the limit (code 30046)."""
GONE = frozenset({10008})
DONE_ALREADY = 40060
TOO_LATE = frozenset({10062, 10015, 50027})
"""Unknown interaction, unknown webhook, a token that has ended: whoever waits for the answer must get it elsewhere."""
TOO_OLD_TO_EDIT = 30046


class Api:
    """Calls over a client that is logged in (:meth:`open`)."""

    def __init__(self, client: discord.Client, *, timeout: float = TIMEOUT) -> None:
        self._client = client
        self._timeout = timeout
        self._answers: aiohttp.ClientSession | None = None
        self._logged_in = False
        self.application = ""
        """The application's id, once somebody knows it."""
        self.me = ""
        """The bot's own user id."""

    async def open(self, token: str) -> Json:
        """Say who we are; gives the bot's user. May be called again after a failure.

        Raises discord.LoginFailure for a token that is none, TransportError when Discord cannot be reached.
        """
        user = await self._login(token)
        self.me = str(user["id"])
        self.application = str((await self.look("/applications/@me"))["id"])
        return user

    async def _login(self, token: str) -> Json:
        http = self._client.http
        try:
            if not self._logged_in:
                self._logged_in = True
                await self._client._async_setup_hook()  # noqa: SLF001  # what `async with client` does before it closes
                return dict(await http.static_login(token))
            http.token = token  # a login that failed has forgotten it; the connections are there
            return dict(await http.request(Route("GET", "/users/@me")))
        except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError) as error:
            if getattr(error, "status", 0) == UNAUTHORIZED:
                raise discord.LoginFailure from error
            raise _translated("GET /users/@me", error, looking=True) from error

    async def close(self) -> None:
        if self._answers is not None:
            await self._answers.close()
        await self._client.close()

    async def call(self, method: str, path: str, body: Any = None, **ids: str) -> Any:
        """Change something: `call("POST", "/channels/{channel_id}/messages", {…}, channel_id=…)`.

        Raises TransportError (`code` and `status` are in its params), OutcomeUnknownError when it may be done.
        """
        return await self._request(Route(method, path, **ids), {} if body is None else {"json": body}, looking=False)

    async def send(self, method: str, path: str, body: Json, files: Sequence[Upload], **ids: str) -> Any:
        """As `call`, with files beside the body."""
        given = {"form": form(body, files)} if files else {"json": body}
        return await self._request(Route(method, path, **ids), given, looking=False)

    async def look(self, path: str, query: Mapping[str, str | int] | None = None, /, **ids: str) -> Any:
        """Read something: nothing is ever half done. Raises TransportError."""
        return await self._request(Route("GET", path, **ids), {"params": dict(query)} if query else {}, looking=True)

    async def _request(self, route: Route, arguments: Json, *, looking: bool) -> Any:
        name = f"{route.method} {route.path}"
        if not self.me:
            raise transport.unreachable(PLATFORM, method=name)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._client.http.request(route, **arguments)
        except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError, KeyError) as error:
            raise _translated(name, error, looking=looking) from error

    # interactions: outside the gate and its limit

    async def answer(self, interaction: str, token: str, body: Json, files: Sequence[Upload] = ()) -> bool:
        """The first answer to an interaction; False when it is too late for one. Raises TransportError.

        An interaction that is answered already counts as answered: our own answer came through, its receipt did not.
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
        """What follows an answer, such as `PATCH /webhooks/{application}/{token}/messages/@original`.

        Tried twice, except for what would then be said twice. Raises TransportError.
        """
        tries = 1 if method == "POST" and path.startswith("/webhooks/") else 2
        name = f"{method} {path.split('/')[1]}"
        while True:
            tries -= 1
            try:
                return await self._follow(method, path, _sent(body, files))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                if not tries:
                    raise transport.unanswered(PLATFORM, method=name) from error
            except TransportError as error:
                if not tries or error.permanent:
                    raise
                await asyncio.sleep(min(error.retry_after or 0.2, 1.0))

    async def _follow(self, method: str, path: str, sent: Json) -> Json:
        async with self._session().request(method, Route.BASE + path, **sent) as given:
            said = await given.read()
            found = json.loads(said) if said and given.content_type == "application/json" else {}
            if given.status < REFUSED:
                return found if isinstance(found, dict) else {}
            code, seconds = int(found.get("code", 0)), found.get("retry_after")
        raise _refused(f"{method} {path.split('/')[1]}", given.status, code, seconds)

    def _session(self) -> aiohttp.ClientSession:
        if self._answers is None:
            self._answers = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ANSWER),
                headers={"User-Agent": self._client.http.user_agent},
                connector=aiohttp.TCPConnector(limit=0),
            )
        return self._answers


def _sent(body: Json | None, files: Sequence[Upload]) -> Json:
    """A body as aiohttp takes it; with files a form, which can be sent once."""
    if not files:
        return {} if body is None else {"json": body}
    fields = aiohttp.FormData(quote_fields=False)  # Discord reads `files[0]` as it stands
    for one in form(body or {}, files):
        fields.add_field(**one)
    return {"data": fields}


def _translated(name: str, error: Exception, *, looking: bool) -> TransportError:
    """Whether trying again can help is the one thing the core needs to know."""
    if isinstance(error, discord.RateLimited):
        return transport.busy(PLATFORM, retry_after=error.retry_after, method=name)
    if isinstance(error, discord.HTTPException) and not (looking and error.status >= SERVER_FAULT):
        return _refused(name, error.status, error.code, None)
    if isinstance(error, aiohttp.ClientConnectorError):  # nothing was sent
        return transport.unreachable(PLATFORM, method=name)
    if isinstance(error, KeyError):  # a 429 that does not say how long, which discord.py relies on
        return transport.busy(PLATFORM, retry_after=OLD_EDITS, method=name)
    return transport.unanswered(PLATFORM, reading=looking, method=name)


def _refused(name: str, status: int, code: int, seconds: float | None) -> TransportError:
    """What Discord's answer means for us."""
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
