"""Ports of the inbound side on the rest of the adapter, so that it can be tested alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from adapters.discord.files import Upload
    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address

Json = dict[str, Any]


class Api(Protocol):
    """Calls of Discord's REST API (adapters.discord.api)."""

    application: str
    me: str

    async def answer(self, interaction: str, token: str, body: Json, files: Sequence[Upload] = ()) -> bool: ...

    async def follow(self, method: str, path: str, body: Json | None = None, files: Sequence[Upload] = ()) -> Json: ...

    async def look(self, path: str, query: Mapping[str, str | int] | None = None, /, **ids: str) -> Any: ...


class Post(Protocol):
    """Messages that answer no interaction (adapters.discord.post)."""

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]: ...

    async def post(self, to: Address, message: Message, key: str) -> Ref: ...

    async def team(self, ref: Ref) -> str: ...

    async def speaking(self, channel: str) -> str: ...


class Suggest(Protocol):
    """Choices for an option that is being typed (adapters.discord.autocomplete)."""

    async def choices(self, payload: Json) -> list[Json]: ...
