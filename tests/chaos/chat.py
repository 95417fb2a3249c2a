"""A chat at the other end of a loopback socket: the platform of the children, and the server that it talks to.

The server carries out what it reads at once, then takes its time to answer. It may also drop the connection instead
(done, and the caller does not know) or refuse before doing anything. In every second conversation it knows a message
again by its key, as Discord does; in the others it takes whatever it is told, and only `find` helps, as in Slack.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.engine.posting import Ref
from bot.errors import OutcomeUnknownError, TransportError
from bot.message import Text, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.message import Message
    from bot.ports import Address

NAME = "console"


@dataclass
class Posted:
    """One message as it stands in its channel."""

    channel: str
    key: str
    text: str = ""
    since: dict[str, float] = field(default_factory=dict)
    """When each of its lines was first shown, on the machine's clock (seconds)."""
    notified: frozenset[str] = frozenset()
    """Its lines when it was posted: an edit notifies nobody of what it adds."""

    def show(self, text: str) -> None:
        self.text = text
        for line in text.splitlines():
            self.since.setdefault(line, time.time())


@dataclass
class Faults:
    """How often things go wrong, out of 1; and how long answers take, in seconds."""

    dropped: float = 0.03
    refused: float = 0.03
    slow: float = 0.15


@dataclass
class ChatServer:
    """Takes messages over a loopback socket, one request a connection, JSON both ways."""

    faults: Faults = field(default_factory=Faults)
    messages: list[Posted] = field(default_factory=list)
    random: random.Random = field(default_factory=random.Random)
    calls: int = 0
    known_again: int = 0
    _server: asyncio.Server | None = None
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> int:
        """Listen; returns the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self._closing.set()
        await self._server.wait_closed()
        await asyncio.sleep(0.05)  # those who were still to be answered close their side

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ValueError):
            asked = json.loads(await reader.readline())
            self.calls += 1
            if self.random.random() < self.faults.refused:
                answer: dict[str, Any] = {"refused": True}
            else:
                answer = self._done(asked)
                await self._slowly(self.random.uniform(0, self.faults.slow))
            if self.random.random() >= self.faults.dropped:
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _slowly(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()

    def _done(self, asked: dict[str, Any]) -> dict[str, Any]:
        match asked["do"]:
            case "post":
                return {"message": self._post(asked["channel"], asked["key"], asked["text"])}
            case "edit":
                self.messages[int(asked["message"])].show(asked["text"])
                return {}
            case _:
                return {"message": next(self._known(asked["channel"], asked["key"]), None)}

    def _post(self, channel: str, key: str, text: str) -> int:
        known = next(self._known(channel, key), None) if _knows_again(channel) else None
        if known is not None:
            self.known_again += 1
            return known
        self.messages.append(Posted(channel, key))
        self.messages[-1].show(text)
        self.messages[-1].notified = frozenset(text.splitlines())
        return len(self.messages) - 1

    def _known(self, channel: str, key: str) -> Iterator[int]:
        return (n for n, one in enumerate(self.messages) if (one.channel, one.key) == (channel, key))


def _knows_again(channel: str) -> bool:
    return int(channel.rpartition("-")[2]) % 2 == 0


class ChatPlatform:
    """The children's side (port: bot.ports.Transport). A call that ends without an answer has an unknown outcome."""

    name = NAME

    def __init__(self, port: int, *, naive: bool = False) -> None:
        """`naive` forgets keys and finds nothing."""
        self._port = port
        self._naive = naive

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        key = secrets.token_hex(4) if self._naive else key
        answer = await self._call(do="post", channel=to.member, key=key, text=_text(message))
        return Ref(str(to.member), str(answer["message"]))

    async def edit(self, ref: Ref, message: Message) -> None:
        await self._call(do="edit", message=ref.message, text=_text(message))

    async def delete(self, ref: Ref) -> None:
        raise NotImplementedError

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        found = None if self._naive else (await self._call(do="find", channel=to.member, key=key))["message"]
        return None if found is None else Ref(str(to.member), str(found))

    def budget(self, seconds: float) -> int:
        return max(1, int(seconds * 200))

    async def _call(self, **asked: Any) -> dict[str, Any]:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            raise TransportError("chat.away", permanent=False) from error
        try:
            writer.write(json.dumps(asked).encode() + b"\n")
            line = await reader.readline()
        except OSError as error:
            raise OutcomeUnknownError("chat.lost") from error
        finally:
            writer.close()
        if not line:
            raise OutcomeUnknownError("chat.lost")
        answer: dict[str, Any] = json.loads(line)
        if answer.get("refused"):
            raise TransportError("chat.refused", permanent=False)
        return answer


def _text(message: Message) -> str:
    return "\n".join(plain(block.line) for block in message.blocks if isinstance(block, Text))
