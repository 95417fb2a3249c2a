"""The web chat before the platform contract: frames go in as from a page, and the board is what a page is shown."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from adapters.web.chat import Chat
from adapters.web.page import Page
from adapters.web.platform import WebPlatform
from adapters.web.room import Person, Scene
from bot.clock import VirtualClock
from bot.errors import RefusalError
from bot.ports import Address
from tests.contracts.world import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import WSCloseCode

    from adapters.web.room import Step
    from bot.engine.posting import Ref
    from bot.i18n import Language

_identifiers = count(1)


class StillRoom:
    """One person in one channel; time stands still."""

    workspace = "atelier"

    def now(self) -> datetime:
        return NOW

    async def scene(self, account: str | None) -> Scene:
        return Scene("fr", "Europe/Paris", "Atelier", "équipe", (Person("lea", "Léa", lead=True),), ready=True)

    async def arrive(self, account: str | None, name: str, language: Language) -> str:
        raise RefusalError("web.demo_team")

    async def forward(self, step: Step) -> None:
        raise RefusalError("web.real_clock")


class _Screen(Page):
    """A page that keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # nothing is sent further
        self.frames: list[dict[str, Any]] = []

    def send(self, frame: str) -> None:
        self.frames.append(json.loads(frame))

    def close(self, code: WSCloseCode) -> None:
        """There is no socket."""


class WebBench:
    """See tests/contracts/test_platform.py."""

    channel = Address("atelier", channel="équipe")
    private = Address("atelier", member="lea")

    def __init__(self) -> None:
        self.platform = WebPlatform(VirtualClock(NOW))
        self._chat = Chat(self.platform, StillRoom())
        self._page: _Screen | None = None

    def screen(self) -> list[str]:
        posted = json.loads(self.platform.history("lea"))["messages"]
        answers = [one for one in (self._page.frames if self._page else []) if one["type"] == "answer"]
        return ["\n".join(words(one["message"]["blocks"])) for one in [*posted, *answers] if one.get("message")]

    async def types(self, line: str) -> None:
        await self._send("say", text=line)

    async def clicks(self, ref: Ref) -> None:
        posted = json.loads(self.platform.history("lea"))["messages"]
        button = next(one for one in posted if one["id"] == ref.message)["message"]["blocks"][0]
        await self._send("press", action=button["action"], target=button["target"], message=ref.message)

    async def reacts(self, ref: Ref, emoji: str) -> None:
        await self._send("react", message=ref.message, emoji=emoji, added=True)

    def reacts_unheard(self, ref: Ref, emoji: str) -> bool:
        return False

    async def _send(self, kind: str, **values: object) -> None:
        if self._page is None:
            self._page = _Screen()
            await self._chat.take(self._page, json.dumps({"type": "hello", "v": 1, "account": "lea"}))
        frame = {"type": kind, "id": f"frame-{next(_identifiers):04}", **values}
        await self._chat.take(self._page, json.dumps(frame))

    def restarted(self) -> WebBench:
        return WebBench()


def words(value: Any) -> list[str]:
    """Every string in a JSON value, in order."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [word for one in inside for word in words(one)]
