"""A time limit for each of many: asyncio's own timers cost each typed line more than reading it (ADR 0013)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class TimeLimit:
    """One timer for all who wait, armed while anybody does. `seconds` may be changed for those who come later."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: dict[asyncio.Task[object], float] = {}
        self._late: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, work: Awaitable[T]) -> T:
        """What `work` gives. When its time is over it is cancelled, and TimeoutError raised."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        until = self._until[task] = loop.time() + self.seconds
        if self._timer is None or self._timer.when() > until:
            self._arm(loop, until)
        try:
            return await work
        except asyncio.CancelledError:
            if task in self._late and task.cancelling() == 1:
                raise TimeoutError from None
            raise  # somebody else wants it gone
        finally:
            self._until.pop(task, None)
            if task in self._late:  # whatever came of it, the task lives on
                self._late.discard(task)
                task.uncancel()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task in [task for task, until in self._until.items() if until <= now]:
            del self._until[task]
            self._late.add(task)
            task.cancel()
        following = min(self._until.values(), default=None)
        self._timer = None
        if following is not None:
            self._arm(loop, following)

    def _arm(self, loop: asyncio.AbstractEventLoop, until: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(until, self._look, loop)
