"""A process that is told to stop is gone within ten seconds, even if its database holds it up."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = structlog.get_logger()

LAST = 8.5
"""Seconds from the signal on. Calls and confirmations under way have had theirs by then (bot.engine.sender.GRACE)."""


@contextmanager
def limit_shutdown() -> Iterator[Callable[[], None]]:
    """Yield a function to call when the end begins: if the block has not ended `LAST` seconds later, the process does.

    What it was waiting for is left as a crash would leave it: rolled back, or looked up by whoever goes on.
    """
    timer = threading.Timer(LAST, _exit_now)
    timer.daemon = True
    try:
        yield timer.start
    finally:
        timer.cancel()


def _exit_now() -> None:
    log.warning("stopped without an answer of the database")
    os._exit(0)
