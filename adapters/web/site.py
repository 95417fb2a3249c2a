"""The routes of the page: its files, its socket, and the question for the token."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.web.chat import Chat
from adapters.web.guard import A_MONTH, COOKIE
from bot.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.web.guard import Guard
    from adapters.web.platform import WebPlatform
    from adapters.web.room import Room
    from bot.i18n import Language

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
FILES = (
    "page.css", "card.css", "looks.css",
    "page.js", "line.js", "moments.js", "card.js", "form.js", "talk.js", "hints.js", "places.js",
    "slack.js", "discord.js",
    "vigie.svg",
)  # fmt: skip


class Site:
    """The page and everything that it asks for. `language` is that of the question for the token."""

    def __init__(self, platform: WebPlatform, room: Room, guard: Guard, language: Language) -> None:
        self._guard = guard
        self._language = language
        self._chat = Chat(platform, room)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [
            web.get("/", self._guarded(self._page)),
            web.get("/socket", self._guarded(self._socket, origin=True)),
            web.get("/token", self._guarded(self._question, token=False)),
            web.post("/token", self._guarded(self._enter, origin=True, token=False)),
            *(web.get(f"/static/{name}", self._guarded(_make_handler(name), token=False)) for name in FILES),
        ]

    def _guarded(self, handler: Handler, *, origin: bool = False, token: bool = True) -> Handler:
        """Wrap a handler in the checks. `origin`: it must be named. `token`: its cookie must be shown."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if not self._guard.right_host(request):
                return web.Response(status=421, text="Misdirected request: unknown host.\n")
            if not self._guard.right_origin(request, required=origin):
                return web.Response(status=403, text="Forbidden: foreign origin.\n")
            if token and not self._guard.is_admitted(request):
                if request.path == "/":
                    raise web.HTTPSeeOther("/token")
                return web.Response(status=401, text="Unauthorized: the token is missing.\n")
            return await handler(request)

        return guarded

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return _build_answer(_read_file("index.html"), "html")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        return await self._chat.open(request)

    async def _question(self, request: web.Request) -> web.StreamResponse:
        return self._ask(wrong=False)

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        typed = (await request.post()).get("token", "")
        value = await self._guard.enter(typed if isinstance(typed, str) else "")
        if value is None:
            return self._ask(wrong=True)
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(
            COOKIE, value, httponly=True, samesite="Strict", secure=request.secure, max_age=A_MONTH, path="/"
        )
        return response

    def _ask(self, *, wrong: bool) -> web.Response:
        words = texts(self._language)
        values = {
            "lang": self._language,
            "title": words.text("web.token.title"),
            "why": words.text("web.token.why"),
            "label": words.text("web.token.label"),
            "send": words.text("web.token.send"),
            "error": words.text("web.token.wrong") if wrong else "",
        }
        page = _read_file("token.html")
        for name, value in values.items():
            page = page.replace(f"{{{{{name}}}}}", escape(value))
        return _build_answer(page, "html", status=403 if wrong else 200)


def _make_handler(name: str) -> Handler:
    async def send(_request: web.Request) -> web.StreamResponse:
        return _build_answer(_read_file(name), name.rpartition(".")[2])

    return send


@cache
def _read_file(name: str) -> str:
    """Read a file of the page (once a process)."""
    return files("adapters.web").joinpath("static", name).read_text("utf-8")


def _build_answer(text: str, kind: str, *, status: int = 200) -> web.Response:
    """Answer with a file of the page. With `no-referrer` a browser would send `Origin: null` with the token's form."""
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
    return web.Response(text=text, content_type=KINDS[kind], charset="utf-8", status=status, headers=headers)
