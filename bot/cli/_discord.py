"""Discord put together: its platform and desk over the product, its commands, first contact before the core."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from adapters.discord import credentials
from bot.catalogue.loader import load as catalogue
from bot.grammar.suggestions import look, suggest
from bot.platforms.first_contact import Fallback, Reception
from bot.platforms.services import Hosting
from bot.registry import load
from bot.tasks.reactions import heeded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from adapters.discord.api import Api
    from adapters.discord.autocomplete import Lists
    from adapters.discord.inbound import Desk
    from adapters.discord.platform import Credentials, DiscordPlatform, Manner
    from adapters.discord.post import Post
    from bot.cli._compose import App
    from bot.config import Settings
    from bot.ports import Tx

NAME = "discord"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Later:
    """The store of a product that is put together after its platforms (port: bot.ports.Store)."""

    app: Callable[[], App]

    async def read(self, work: Callable[[Tx], T], *, batch: bool = False) -> T:
        return await self.app().store.read(work, batch=batch)

    async def write(self, work: Callable[[Tx], T], *, batch: bool = False) -> T:
        return await self.app().store.write(work, batch=batch)

    async def close(self) -> None: ...


def discord(settings: Settings, app: Callable[[], App]) -> DiscordPlatform:
    """The platform that the settings describe; `app` is asked for only once the platform is started.

    Raises ConfigurationError when a credential, or the extra, is missing.
    """
    return composed(credentials(settings), app)


def composed(given: Credentials, app: Callable[[], App], manner: Manner | None = None) -> DiscordPlatform:
    """The platform with its desk."""
    from adapters.discord.autocomplete import Suggestions
    from adapters.discord.inbound import Desk
    from adapters.discord.platform import DiscordPlatform

    registry = load()

    async def lists(team: str, user: str) -> Lists | None:
        there = app()
        scene = await there.store.read(lambda tx: look(tx, NAME, team, user, registry))
        return None if scene is None else lambda kind, typed: suggest(scene, kind, typed, there.pipeline.clock.now())

    def desk(api: Api, post: Post) -> Desk:
        return Desk(api, post, registry, Suggestions(registry, lists), _heeded)

    made = DiscordPlatform(given, Hosting(_Later(app), NAME), desk, manner)
    made.odd = lambda: app().pipeline.metrics.odd(NAME)
    return made


def _heeded(emoji: str) -> str | None:
    """What an emoji means to us. Most mean nothing, and there are many."""
    return heeded(catalogue().defaults.reactions, emoji)


@asynccontextmanager
async def in_discord(app: App, platform: DiscordPlatform, settings: Settings) -> AsyncIterator[None]:
    """Listen to Discord while the block runs. Raises ConfigurationError when the token is none of Discord's."""
    from adapters.discord.command_tree import commands
    from adapters.discord.sync import keep_declared

    fallback = Fallback(settings.language, settings.timezone)
    reception = Reception(app.store, app.pipeline.receive, platform.introduce, fallback)
    await reception.warm()
    await platform.start(reception.receive)
    declared = commands(app.registry, settings.language)
    work = [keep_declared(platform.api, Hosting(app.store, NAME), declared)] if _first(settings) else []
    declaring = [asyncio.create_task(one, name="discord-commands") for one in work]
    try:
        yield
    finally:
        for task in declaring:
            task.cancel()
        await asyncio.gather(*declaring, return_exceptions=True)
        await platform.stop()


def _first(settings: Settings) -> bool:
    """Whether this process is the one that declares the commands: that of the first shard."""
    return not settings.discord_shard_ids or "0" in settings.discord_shard_ids.split(",")
