"""The command reference, from the registry: as JSON, as the pages of docs/reference, as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.help.cards import SECTIONS
from bot.i18n import LANGUAGES, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.i18n import Language, Texts
    from bot.registry import Command, Registry


def described(command: Command) -> dict[str, Any]:
    """A command as `vigie commands --json` shows it; what depends on the language is by language."""
    names, guides = command.names, {language: command.guide(language) for language in LANGUAGES}
    return {
        "id": command.id,
        "names": {language: names.shown(language) for language in LANGUAGES},
        "aliases": {"fr": list(names.also_fr), "en": list(names.also_en)},
        "section": command.section,
        "answer": command.answer,
        "reads": command.reads,
        "right": str(command.right) if command.right else None,
        "help": {language: guide.help for language, guide in guides.items()},
        "usage": {language: guide.usage or names.shown(language) for language, guide in guides.items()},
        "examples": {language: list(guide.examples) for language, guide in guides.items()},
    }


def listed(registry: Registry, language: Language) -> Iterator[str]:
    """One line a command, for a terminal."""
    width = max(len(one.names.shown(language)) for one in registry.commands.values())
    for one in _in_order(registry, language):
        yield f"/cm {one.names.shown(language):<{width}}  {one.guide(language).help}"


def page(registry: Registry, language: Language) -> str:
    """The page of the reference in one language, as docs/reference keeps it."""
    words = texts(language)
    lines = [f"# {words.text('reference.title')}", "", words.text("reference.intro"), ""]
    for section in SECTIONS:
        commands = [one for one in _in_order(registry, language) if one.section == section]
        if commands:
            lines += [f"## {words.text(f'help.section.{section}')}", "", words.text(f"reference.root.{section}"), ""]
            lines += [line for one in commands for line in _entry(one, words)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _in_order(registry: Registry, language: Language) -> list[Command]:
    return sorted(registry.commands.values(), key=lambda one: (SECTIONS.index(one.section), one.names.shown(language)))


def _entry(command: Command, words: Texts) -> Iterator[str]:
    language = words.language
    names, guide = command.names, command.guide(language)
    own, other = (names.also_fr, names.en) if language == "fr" else (names.also_en, names.fr)
    yield from (f"### {names.shown(language)}", "", f"{guide.help[:1].upper()}{guide.help[1:]}.", "")
    said = [words.text("reference.typed", usage=f"`/cm {guide.usage or names.shown(language)}`")]
    if guide.examples:
        said.append(words.text("reference.examples", examples=", ".join(f"`/cm {one}`" for one in guide.examples)))
    if own:
        said.append(words.text("reference.also", names=", ".join(own)))
    said.append(words.text("reference.other", name=f"`{other}`"))
    said.append(words.text(f"reference.right.{command.right or 'none'}"))
    yield from (f"- {line}" for line in said)
    yield ""
