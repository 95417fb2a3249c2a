"""One process of the product, composed and run as `vigie run` does, over the chaos clock and the loopback chat."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import alembic.command  # noqa: F401  # so that a fork has it
import structlog

from bot.cli import _compose, _running
from bot.cli._shutdown import limit_shutdown
from bot.engine import sender
from storage.lock import sole_use
from storage.wake import open_wake
from tests.chaos.chat import ChatPlatform
from tests.chaos.clock import FastClock, FastTimer
from tests.chaos.world import registry

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

LEASE = 3.0
"""Real seconds: the product's two minutes would make every kill cost two."""
CALL = 1.0


@dataclass(frozen=True)
class Orders:
    """What a child needs to know."""

    address: str
    chat: int
    clock: FastClock
    log: Path
    lease: float = LEASE
    call: float = CALL
    naive: bool = False
    """Forget keys and never look anything up: shows that the oracle sees what they are good for."""


def run(orders: Orders) -> None:
    """Tick and send until SIGTERM, or until killed. The exit code is the product's."""
    with orders.log.open("a", encoding="utf-8", buffering=1) as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
        structlog.configure(
            processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info,
                        structlog.processors.KeyValueRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        )  # fmt: skip
        ours: list[tuple[ModuleType, str, object]] = [
            (sender, "LEASE", orders.lease), (sender, "CALL", orders.call), (_compose, "load_registry", registry),
            (_running, "ApschedulerTimer", lambda: FastTimer(orders.clock)),
        ]  # fmt: skip
        for module, name, value in ours:
            setattr(module, name, value)
        asyncio.run(_work(orders))


async def _work(orders: Orders) -> None:
    with sole_use(orders.address), limit_shutdown() as ending:
        app = _compose.compose(orders.address, orders.clock, [ChatPlatform(orders.chat, naive=orders.naive)])
        try:
            await _running.run_engine(app, [], open_wake(app.store.engines, orders.address), ending)
        finally:
            await app.store.close()
