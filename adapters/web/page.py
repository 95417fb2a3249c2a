"""One open page: who speaks there, what waits to be sent to it, how fast it may ask."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode

if TYPE_CHECKING:
    from aiohttp import web

    from bot.i18n import Language

WAITING = 1000
"""Frames that may wait for a slow page; then it is closed, comes back and is shown everything anew."""
BURST, RATE = 20, 10.0
"""Frames that a page may send at once, and a second."""
FAULTS = 20
"""Frames that make no sense, or come too fast, before the page is closed."""


class Page:
    """The server's side of an open page."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.account = ""
        self.name = ""
        self.channel = ""
        self.language: Language = "fr"
        self.scene = ""
        self._socket = socket
        self._waiting: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self._left = float(BURST)
        self._faults = 0
        self._since = asyncio.get_running_loop().time()
        self._closing: asyncio.Task[bool] | None = None

    def send(self, frame: str) -> None:
        """Let a frame wait for its turn; a page that does not keep up is closed."""
        try:
            self._waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self.close(WSCloseCode.TRY_AGAIN_LATER)

    async def pump(self) -> None:
        """Send what waits, until cancelled or until the page is gone."""
        with suppress(ConnectionError):
            while True:
                await self._socket.send_str(await self._waiting.get())

    def close(self, code: WSCloseCode) -> None:
        if self._closing is None:
            self._closing = asyncio.create_task(self._socket.close(code=code))

    def too_fast(self) -> bool:
        """Take a frame from the allowance; return whether it is too much now."""
        now = asyncio.get_running_loop().time()
        self._left = min(BURST, self._left + (now - self._since) * RATE)
        self._since = now
        self._left -= 1
        return self._left < 0

    def fault(self) -> None:
        """Count a frame that was refused; closes the page at the last one."""
        self._faults += 1
        if self._faults >= FAULTS:
            self.close(WSCloseCode.POLICY_VIOLATION)
