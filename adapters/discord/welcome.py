"""Messages of the adapter itself: the welcome of a new server, and the answer to a foreign component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.command_tree import ROOTS
from bot.i18n import texts
from bot.message import Button, Message, Reply, Text

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.registry import Registry


def build_stale_reply(language: Language) -> Reply:
    """Build the answer to a foreign component, or to one whose team is unknown."""
    line = texts(language).line("button.unknown")
    return Reply(Message((Text(line),)))


def build_welcome(name: str, language: Language, registry: Registry) -> Message:
    """Build the private welcome to the person who invited the bot: the command to type, and a button for it."""
    words = texts(language)
    command = registry.commands["setup"]
    setup, root = command.names.shown(words.language), ROOTS[command.section][words.language == "fr"]
    return Message(
        (
            Text(words.line("discord.welcome", guild=name)),
            Text(words.line("discord.welcome_here", command=f"/{root} {setup}")),
            Button(words.text("discord.setup"), "say", setup, "primary"),
        ),
        words.text("discord.welcome", guild=name),
    )
