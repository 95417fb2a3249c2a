"""The command reference, from the registry: as JSON, as the pages of docs/reference, as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.help.cards import SECTIONS
from bot.i18n import LANGUAGES, Words, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.i18n import Language, Texts
    from bot.registry import Command, Registry


def described(command: Command) -> dict[str, Any]:
    """Describe a command for `vigie commands --json`; what depends on the language is by language."""
    names, guides = command.names, {language: command.guide(language) for language in LANGUAGES}
    return {
        "id": command.id,
        "names": {language: names.shown(language) for language in LANGUAGES},
        "aliases": {language: list(names.also(language)) for language in LANGUAGES},
        "section": command.section,
        "answer": command.answer,
        "reads": command.reads,
        "right": str(command.right) if command.right else None,
        "help": {language: guide.help for language, guide in guides.items()},
        "usage": {language: guide.usage or names.shown(language) for language, guide in guides.items()},
        "examples": {language: list(guide.examples) for language, guide in guides.items()},
    }


def listed(registry: Registry, language: Language) -> Iterator[str]:
    """Yield one line a command, for a terminal."""
    width = max(len(command.names.shown(language)) for command in registry.commands.values())
    for command in _sort_commands(registry, language):
        yield f"/cm {command.names.shown(language):<{width}}  {command.guide(language).help}"


def page(registry: Registry, language: Language) -> str:
    """Build the page of the reference in one language, as docs/reference keeps it."""
    words = texts(language)
    lines = [f"# {words.text('reference.title')}", "", words.text("reference.intro"), ""]
    for section in SECTIONS:
        commands = [command for command in _sort_commands(registry, language) if command.section == section]
        if commands:
            lines += [f"## {words.text(f'help.section.{section}')}", "", words.text(f"reference.root.{section}"), ""]
            lines += [line for command in commands for line in _format_entry(command, words)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _sort_commands(registry: Registry, language: Language) -> list[Command]:
    return sorted(
        registry.commands.values(), key=lambda command: (SECTIONS.index(command.section), command.names.shown(language))
    )


def _format_entry(command: Command, words: Texts) -> Iterator[str]:
    language = words.language
    names, guide = command.names, command.guide(language)
    own, other = names.also(language), Words(names.en, names.fr).say(language)
    yield from (f"### {names.shown(language)}", "", f"{guide.help[:1].upper()}{guide.help[1:]}.", "")
    rows = [words.text("reference.typed", usage=f"`/cm {guide.usage or names.shown(language)}`")]
    if guide.examples:
        rows.append(
            words.text("reference.examples", examples=", ".join(f"`/cm {example}`" for example in guide.examples))
        )
    if own:
        rows.append(words.text("reference.also", names=", ".join(own)))
    rows.append(words.text("reference.other", name=f"`{other}`"))
    rows.append(words.text(f"reference.right.{command.right or 'none'}"))
    yield from (f"- {line}" for line in rows)
    yield ""
