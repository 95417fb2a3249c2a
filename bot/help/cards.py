"""Cards of the help: all commands by section, one section, or one command."""

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


def draw_overview(texts: Texts, registry: Registry) -> Message:
    """Draw one line per section with the names of its commands, and a button to its details."""
    head = texts.line("help.title")
    blocks: list[Block] = [Text(head, "title")]
    buttons = []
    name = registry.commands["help"].names.shown(texts.language)
    for section in SECTIONS:
        commands = _list_commands(registry, section)
        if commands:
            title = texts.text(f"help.section.{section}")
            names = ", ".join(command.names.shown(texts.language) for command in commands)
            blocks.append(Text((Strong(title), _get_colon(texts), names)))
            buttons.append(Button(title, "say", f"{name} {title}"))
    blocks.append(Text(texts.line("help.more"), "note"))
    return Message((*blocks, *buttons), plain(head))


def find_section(typed: str) -> str | None:
    """Find the section by its title, in either language; None for other words."""
    for section in SECTIONS:
        titles = [fold(texts_in(language).text(f"help.section.{section}")) for language in LANGUAGES]
        bare = [
            title.removeprefix("la ").removeprefix("les ").removeprefix("l ").removeprefix("the ") for title in titles
        ]
        if fold(typed) in {*titles, *bare}:
            return section
    return None


def draw_section(texts: Texts, registry: Registry, name: str, number: int) -> Message:
    """Draw the commands of a section, one line each."""
    title = texts.text(f"help.section.{name}")
    lines = [Text(_draw_line(texts, command)) for command in _list_commands(registry, name)]
    again = f"{registry.commands['help'].names.shown(texts.language)} {title}"
    more = Text(texts.line("help.more"), "note")
    return Message((Text((title,), "title"), *page(texts, lines, number, again), more), title)


def _list_commands(registry: Registry, section: str) -> list[Command]:
    return [command for command in registry.commands.values() if command.section == section]


def _get_colon(texts: Texts) -> str:
    return "\u00a0: " if texts.language == "fr" else ": "


def _draw_line(texts: Texts, command: Command) -> tuple[Strong, str]:
    return Strong(command.names.shown(texts.language)), _get_colon(texts) + command.guide(texts.language).help


def draw_command(texts: Texts, command: Command) -> Message:
    """Draw the help of a command: summary, syntax, other names, and examples to copy (a button would act)."""
    language = texts.language
    guide = command.guide(language)
    other_names = command.names.also_fr if language == "fr" else command.names.also_en
    head = _draw_line(texts, command)
    blocks: list[Block] = [Text(head)]
    blocks.append(Text(texts.line("help.typed", usage=guide.usage or command.names.shown(language))))
    if other_names:
        blocks.append(Text(texts.line("help.also", names=", ".join(other_names).replace("'", "’")), "note"))
    blocks += [Text(texts.line("help.example", line=example)) for example in guide.examples]
    return Message(tuple(blocks), plain(head))
