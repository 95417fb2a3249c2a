"""The help: every command of the registry by section, or one command in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Button, Message, Strong, Text, plain

if TYPE_CHECKING:
    from bot.i18n import Texts
    from bot.message import Block
    from bot.registry import Command, Registry

SECTIONS = ("day", "team", "content")


def overview(texts: Texts, registry: Registry) -> Message:
    """One line a command, under its section."""
    head = texts.line("help.title")
    blocks: list[Block] = [Text(head, "title")]
    for section in SECTIONS:
        commands = [one for one in registry.commands.values() if one.section == section]
        if commands:
            blocks.append(Text(texts.line(f"help.section.{section}"), "note"))
            blocks += [Text(_line(texts, one)) for one in commands]
    blocks.append(Text(texts.line("help.more"), "note"))
    return Message(tuple(blocks), plain(head))


def _line(texts: Texts, command: Command) -> tuple[Strong, str]:
    colon = "\u00a0: " if texts.language == "fr" else ": "
    return Strong(command.names.shown(texts.language)), colon + command.guide(texts.language).help


def one(texts: Texts, command: Command) -> Message:
    """What a command does, how it is typed, what else it is called; its examples are buttons."""
    language = texts.language
    guide = command.guide(language)
    others = command.names.also_fr if language == "fr" else command.names.also_en
    head = _line(texts, command)
    blocks: list[Block] = [Text(head)]
    blocks.append(Text(texts.line("help.typed", usage=guide.usage or command.names.shown(language))))
    if others:
        blocks.append(Text(texts.line("help.also", names=", ".join(others).replace("'", "’")), "note"))
    blocks += [Button(example, "say", example) for example in guide.examples]
    return Message(tuple(blocks), plain(head))
