"""Declaration of the slash commands: once when they change, by one process, retried while Discord is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from adapters.discord.command_tree import fingerprint
from bot.backoff import Backoff
from bot.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

log = structlog.get_logger()
Json = dict[str, Any]

COMMANDS = "/applications/{application_id}/commands"
FIRST, LONGEST = 1.0, 300.0
"""Seconds between two attempts, doubling."""
GLANCE = 0.2
"""Seconds between two checks of the login."""


class Api(Protocol):
    """Calls of Discord's REST API (adapters.discord.api)."""

    application: str

    async def call(self, method: str, path: str, body: Any = None, **ids: str) -> Any: ...


class Memory(Protocol):
    """Values that outlive the process."""

    async def recall(self, name: str) -> str | None: ...

    async def remember(self, values: Mapping[str, str]) -> None: ...


async def declare(api: Api, memory: Memory, declared: Sequence[Json]) -> bool:
    """Declare the commands unless they are declared already; return True if they were sent. Raises TransportError."""
    name, digest = f"commands.{api.application}", fingerprint(declared)
    if await memory.recall(name) == digest:
        return False
    await api.call("PUT", COMMANDS, list(declared), application_id=api.application)
    await memory.remember({name: digest})
    log.info("commands declared", count=len(declared))
    return True


async def keep_declared(api: Api, memory: Memory, declared: Sequence[Json]) -> None:
    """Declare the commands after the login, retrying; return once declared or refused for good."""
    backoff = Backoff(FIRST, LONGEST)
    while not api.application:  # noqa: ASYNC110  # logging in may take hours, and may begin again
        await asyncio.sleep(GLANCE)
    while True:
        try:
            await declare(api, memory, declared)
        except TransportError as error:
            log.warning("commands not declared", error=error.key, code=error.params.get("code"))
            if error.permanent:
                return
            await asyncio.sleep(error.retry_after or backoff.next())
        else:
            return
