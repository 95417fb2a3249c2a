"""A platform that sends nothing: it only remembers when it was told what. The preview plays the days over it."""

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
        """When each posting left, by its id."""

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        self.posted.setdefault(key, self._clock.now())
        return Ref(to.channel or f"@{to.member}", key)

    async def edit(self, ref: Ref, message: Message) -> None:
        """What was posted keeps its moment."""

    async def delete(self, ref: Ref) -> None:
        """What was posted was sent all the same."""

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        return None

    def budget(self, seconds: float) -> int:
        return 1000
