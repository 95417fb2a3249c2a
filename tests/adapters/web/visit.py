"""A demo served on a port of this machine, and visitors who speak its protocol over a real socket."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from adapters.web.platform import WebPlatform
from bot.cli._compose import compose
from bot.cli._demo import Options
from bot.cli._platforms import serve_platform
from bot.cli._port import on_port
from bot.cli._web import Listening, mount, serve_demo
from bot.cli._web_rooms import LastingRoom
from bot.clock import SystemClock, VirtualClock
from bot.config import Settings
from tests.adapters.web.bench import words
from tests.contracts.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.cli._demo import Demo
    from bot.i18n import Language

START = "2026-11-23T08:55"
PATIENCE = 20.0
_identifiers = count(1)


@dataclass
class Visitor:
    """One open page: what it has been told, and what it asks."""

    socket: aiohttp.ClientWebSocketResponse
    scene: dict[str, Any] = field(default_factory=dict)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The messages that stand on its screen, by id."""
    told: list[dict[str, Any]] = field(default_factory=list)

    async def hello(self, account: str) -> Self:
        await self.send(type="hello", v=1, account=account)
        await self.until(lambda frame: frame["type"] == "clock", patience=120)
        return self

    async def send(self, **frame: Any) -> None:
        await self.socket.send_str(json.dumps(frame))

    async def ask(self, kind: str, **values: Any) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        identifier = values.pop("id", None) or f"visit-{next(_identifiers):05}"
        await self.send(type=kind, id=identifier, **values)
        return await self.until(lambda frame: frame.get("re") == identifier)

    async def until(self, wanted: Any, *, patience: float = PATIENCE) -> dict[str, Any]:
        """The next frame that is wanted; the others are taken note of."""
        async with asyncio.timeout(patience):
            while True:
                raw = await self.socket.receive()
                assert raw.type is aiohttp.WSMsgType.TEXT, raw
                frame: dict[str, Any] = json.loads(raw.data)
                self._note(frame)
                if wanted(frame):
                    return frame

    def _note(self, frame: dict[str, Any]) -> None:
        self.told.append(frame)
        match frame["type"]:
            case "scene":
                self.scene = frame
            case "history":
                self.cards = {one["id"]: one for one in frame["messages"]}
            case "post" | "edit":
                self.cards[frame["message"]["id"]] = frame["message"]
            case "delete":
                self.cards.pop(frame["message"]["id"], None)

    async def shows(self, text: str) -> dict[str, Any]:
        """Wait until a card says that; gives it."""
        while True:
            found = next((one for one in self.cards.values() if text in easy(one["message"])), None)
            if found:
                return found
            await self.until(lambda frame: frame["type"] in ("post", "edit", "history"))


def easy(message: dict[str, Any]) -> str:
    """A message's lines as they read, with ordinary spaces; an item begins with its state."""
    lines = []
    for block in message["blocks"]:
        mark = f"[{block['state']}] " if block["kind"] == "item" else ""
        said = "".join(map(_said, block["line"])) if "line" in block else " ".join(words(block))
        lines.append(mark + said)
    return "\n".join(lines).replace("\u202f", " ").replace("\u00a0", " ")


def _said(span: Any) -> str:
    return span if isinstance(span, str) else str(span.get("text") or span.get("name"))


def button(card: dict[str, Any], label: str) -> dict[str, str]:
    """The action and target of a button by its label, wherever it stands in a message."""
    blocks = [*card["blocks"], *(one for block in card["blocks"] for one in block.get("buttons", ()))]
    found = next(one for one in blocks if one["kind"] == "button" and one["label"].startswith(label))
    return {"action": found["action"], "target": found["target"]}


@dataclass(frozen=True)
class Visited:
    """A served demo."""

    address: str
    demo: Demo
    platform: WebPlatform
    http: aiohttp.ClientSession

    @asynccontextmanager
    async def visitor(self, account: str = "lea") -> AsyncIterator[Visitor]:
        async with self.http.ws_connect(f"{self.address}socket", origin=self.address.rstrip("/")) as socket:
            yield await Visitor(socket).hello(account)


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))  # a hundred by default


@asynccontextmanager
async def serve(
    *, language: Language = "fr", token: str = "", database: str | None = None, start: str | None = START
) -> AsyncIterator[Visited]:
    """The demo team on Monday 23 November 2026, 8:55 in Paris (`start` None: where a kept demo stopped)."""
    options, at = Options(language, start, database), Listening("127.0.0.1", 0, token, language)
    async with serve_demo(options, at, VirtualClock(NOW)) as served, _session() as http:
        yield Visited(served.address, served.demo, served.platform, http)


@asynccontextmanager
async def settle_in(folder: Path, *, token: str = "") -> AsyncIterator[str]:
    """A lasting room that nobody has been in yet; gives its address."""
    clock = SystemClock()
    platform = WebPlatform(clock)
    app = compose(f"sqlite:///{folder / 'vigie.db'}", clock, [platform])
    room = LastingRoom(app, clock, "fr", "Europe/Paris")
    try:
        await mount(platform, room, Listening("127.0.0.1", 0, token, "fr"), app)
        async with (
            on_port("127.0.0.1", 0, platform.routes(), app.health.look) as address,
            serve_platform(app, platform, Settings()),
        ):
            yield address
    finally:
        await app.store.close()
