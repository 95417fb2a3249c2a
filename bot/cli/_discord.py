"""Discord put together: its platform and inbound side over the app, and the declaration of its commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from adapters.discord import credentials as read_credentials
from bot.catalogue.loader import load as load_catalogue
from bot.grammar.suggestions import look, suggest
from bot.platforms.profiles import follow_locale
from bot.platforms.services import Hosting
from bot.tasks.reactions import heeded

if TYPE_CHECKING:
    from adapters.discord.api import Api
    from adapters.discord.autocomplete import Lists
    from adapters.discord.inbound import Inbound
    from adapters.discord.platform import Credentials, DiscordPlatform, Manner
    from adapters.discord.post import Post
    from bot.cli._compose import App
    from bot.clock import Clock
    from bot.config import Settings
    from bot.i18n import Language
    from bot.ports import Platform

NAME = "discord"


def configured(settings: Settings) -> bool:
    """Return whether the bot's token is set."""
    return bool(settings.discord_token.get_secret_value())


async def build(settings: Settings, app: App) -> Platform:
    """Build the platform that the settings describe. Raises ConfigurationError when the token or extra is missing."""
    return build_platform(read_credentials(settings), app, settings.language)


def examine(settings: Settings, clock: Clock) -> list[tuple[bool, str]]:
    """Return the rows of `vigie doctor`."""
    from bot.cli._doctor_discord import examine_discord

    return examine_discord(settings, clock)


def build_platform(
    credentials: Credentials, app: App, language: Language = "fr", manner: Manner | None = None
) -> DiscordPlatform:
    """Build the platform. The process of the first shard declares the commands, in this language."""
    from adapters.discord.autocomplete import Suggestions
    from adapters.discord.command_tree import commands
    from adapters.discord.inbound import Inbound
    from adapters.discord.platform import DiscordPlatform
    from adapters.discord.sync import keep_declared

    registry, hosting = app.registry, Hosting(app.store, NAME)

    async def lists(team: str, user: str) -> Lists | None:
        scene = await app.store.read(lambda tx: look(tx, NAME, team, user, registry))
        return None if scene is None else lambda kind, typed: suggest(scene, kind, typed, app.pipeline.clock.now())

    def inbound(api: Api, post: Post) -> Inbound:
        made = Inbound(api, post, registry, Suggestions(registry, lists), _resolve_emoji)
        made.follow_locale, made.language = partial(follow_locale, app.store, NAME), language
        return made

    platform = DiscordPlatform(credentials, hosting, inbound, manner)
    platform.odd = lambda: app.pipeline.metrics.odd(NAME)
    if not credentials.shards or 0 in credentials.shards:
        platform.declare = lambda: keep_declared(platform.api, hosting, commands(registry, language))
    return platform


def _resolve_emoji(emoji: str) -> str | None:
    """Return the meaning of an emoji; most have none, and there are many."""
    return heeded(load_catalogue().defaults.reactions, emoji)
