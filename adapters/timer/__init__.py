"""Implements the Timer port with one date job of APScheduler in memory; nothing else of it is used (ADR 0002)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

JOB = "wake"


class ApschedulerTimer:
    """Wakes the engine on the event loop in which it was made."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def arm(self, at: datetime, wake: Callable[[], None]) -> None:
        """Call `wake` once at `at`, or immediately when that is past; replace an earlier appointment.

        `misfire_grace_time=None`: late is better than never (with APScheduler's default of 1 s a busy loop loses it).
        """
        if not self._scheduler.running:
            self._scheduler.start()
        self._scheduler.add_job(
            _wrap_call(wake), "date", run_date=at, id=JOB, replace_existing=True, misfire_grace_time=None
        )

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _wrap_call(wake: Callable[[], None]) -> Callable[[], object]:
    """Wrap a function for the loop: AsyncIOExecutor runs plain functions in a thread, coroutines on the loop."""

    async def call() -> None:
        wake()

    return call
