"""Records when each message would have been sent, and sends nothing; the preview plays the days over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.posting import Ref

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.message import Message
    from bot.ports import Address


class Recorder:
    """Stands in for the platform called `name` (port: bot.ports.Transport)."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self.posted: dict[str, datetime] = {}
        """The moment each posting was sent, by its id."""

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        self.posted.setdefault(key, self._clock.now())
        return Ref(to.channel or f"@{to.member}", key)

    async def edit(self, ref: Ref, message: Message) -> None:
        """Do nothing: the posting keeps its moment."""

    async def delete(self, ref: Ref) -> None:
        """Do nothing: the posting counts as sent."""

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        return None

    def budget(self, seconds: float) -> int:
        return 1000
