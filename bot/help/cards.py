"""The help: the names of every command by section, what a section does, or one command in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.spelling import fold
from bot.i18n import LANGUAGES
from bot.i18n import texts as texts_in
from bot.message import Button, Message, Strong, Text, plain
from bot.pages import page

if TYPE_CHECKING:
    from bot.i18n import Texts
    from bot.message import Block
    from bot.registry import Command, Registry

SECTIONS = ("day", "team", "content")


def overview(texts: Texts, registry: Registry) -> Message:
    """One line a section with the names of its commands, and a button for what each of them does."""
    head = texts.line("help.title")
    blocks: list[Block] = [Text(head, "title")]
    buttons = []
    name = registry.commands["help"].names.shown(texts.language)
    for section in SECTIONS:
        commands = _of(registry, section)
        if commands:
            title = texts.text(f"help.section.{section}")
            names = ", ".join(one.names.shown(texts.language) for one in commands)
            blocks.append(Text((Strong(title), _colon(texts), names)))
            buttons.append(Button(title, "say", f"{name} {title}"))
    blocks.append(Text(texts.line("help.more"), "note"))
    return Message((*blocks, *buttons), plain(head))


def section_named(typed: str) -> str | None:
    """The section whose title these words are, in either language, with or without its article."""
    for section in SECTIONS:
        titles = [fold(texts_in(language).text(f"help.section.{section}")) for language in LANGUAGES]
        if fold(typed) in titles:
            return section
    return None


def section(texts: Texts, registry: Registry, which: str, number: int) -> Message:
    """What each command of a section does, one line each."""
    title = texts.text(f"help.section.{which}")
    lines = [Text(_line(texts, one)) for one in _of(registry, which)]
    again = f"{registry.commands['help'].names.shown(texts.language)} {title}"
    more = Text(texts.line("help.more"), "note")
    return Message((Text((title,), "title"), *page(texts, lines, number, again), more), title)


def _of(registry: Registry, section: str) -> list[Command]:
    return [one for one in registry.commands.values() if one.section == section]


def _colon(texts: Texts) -> str:
    return "\u00a0: " if texts.language == "fr" else ": "


def _line(texts: Texts, command: Command) -> tuple[Strong, str]:
    return Strong(command.names.shown(texts.language)), _colon(texts) + command.guide(texts.language).help


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
