"""The slash commands, from the registry: three roots, each with the commands of its section.

Limits: 25 entries a root, a group, an option's choices; 8,000 characters a root over all names and descriptions, the
longest localisation counted. https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from adapters.discord.options import fill_pattern, named, options, read_values, value
from bot.grammar.spelling import fold
from bot.i18n import LANGUAGES, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.i18n import Language
    from bot.registry import Command, Registry, Section, Verb

Json = dict[str, Any]

SUB, GROUP, USER_MENU, MESSAGE_MENU = 1, 2, 2, 3
ROOTS: Mapping[Section, tuple[str, str]] = {
    "day": ("cm", "cm"), "team": ("cm-team", "cm-equipe"), "content": ("cm-content", "cm-contenu"),
}  # fmt: skip
"""(English, French) names."""
TRACK, ALERT, WHO = "track", "alert", "who"
"""Commands of the context menu: of a message, of a message, of a person."""
STAFF = 1 << 13
"""Shown to members who may manage messages, so that the readers of a brand's server see no command. Admins may change
this default; the core checks rights itself."""
SERVERS_ONLY: Json = {"contexts": [0], "integration_types": [0]}


def commands(registry: Registry, language: Language = "fr") -> list[Json]:
    """Build all commands to declare; clients in other languages than ours show names in `language`."""
    messages = [menu for menu in (TRACK, ALERT) if menu != ALERT or ALERT in registry.presses]
    menus = [*(_build_menu(MESSAGE_MENU, menu, language) for menu in messages), _build_menu(USER_MENU, WHO, language)]
    return [*_build_roots(registry, language), *menus]


def fingerprint(declared: Sequence[Json]) -> str:
    """Hash the declared commands, to detect a change."""
    return hashlib.sha256(json.dumps(declared, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def _build_roots(registry: Registry, language: Language) -> list[Json]:
    roots = []
    for section, (en, fr) in ROOTS.items():
        within = [command for command in registry.commands.values() if command.section == section]
        if within:
            about = {tongue: texts(tongue).text(f"discord.root.{section}") for tongue in LANGUAGES}
            made = {"type": 1} | named(_both(fr, en), about, language) | _restrict_to_staff()
            roots.append(made | {"options": [_build_entry(command, language) for command in within]})
    return roots


def _restrict_to_staff() -> Json:
    return SERVERS_ONLY | {"default_member_permissions": STAFF}


def _build_entry(command: Command, language: Language) -> Json:
    names = _both(_make_slug(command.names.fr), _make_slug(command.names.en))
    about = _both(command.fr.help, command.en.help)
    if not command.verbs:
        return {"type": SUB} | named(names, about, language) | {"options": options(pattern(command), language)}
    return (
        {"type": GROUP}
        | named(names, about, language)
        | {"options": [_build_verb(verb, language) for verb in command.verbs]}
    )


def _build_verb(verb: Verb, language: Language) -> Json:
    names, about = _both(verb.fr, verb.en), _both(verb.help_fr, verb.help_en)
    return {"type": SUB} | named(names, about, language) | {"options": options(verb.takes, language)}


def pattern(command: Command) -> str:
    """Return the pattern of a command; a single free field when it declares none."""
    if command.takes is not None:
        return command.takes
    return "[{text=rest}]" if command.en.usage.strip() not in ("", command.names.en) else ""


def _both(fr: str, en: str) -> dict[Language, str]:
    return {"fr": fr, "en": en}


def _make_slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace("’", "-")


def _build_menu(kind: int, name: str, language: Language) -> Json:
    names = {tongue: menu_name(name, tongue) for tongue in LANGUAGES}
    entry = named(names, _both("", ""), language)
    shown = {key: value for key, value in entry.items() if not key.startswith("description")}
    return shown | {"type": kind} | _restrict_to_staff()


def menu_name(name: str, language: Language) -> str:
    """Return the name of a command of the context menu."""
    return texts(language).text(f"discord.menu.{name}")


def line(registry: Registry, data: Json) -> str:
    """Write the grammar line that a slash command stands for; its names may be in either language."""
    path, chosen = _walk_path(data)
    command, rest = registry.resolve(" ".join(path).replace("-", " ") if len(path) == 1 else path[0] if path else "")
    if command is None:
        return " ".join([*path, *(value(option) for option in chosen)])
    verb = _find_verb(command, path[1] if len(path) > 1 else "")
    takes = verb.takes if verb else pattern(command)
    values = read_values(takes, chosen)
    words = fill_pattern(takes, values) if values or not chosen else " ".join(value(option) for option in chosen)
    if command.names.en == "say" and words:  # the line itself: it declares how it is answered
        return words
    verb_words = verb.en if verb else " ".join(path[1:])
    return " ".join(part for part in (command.names.en, verb_words, rest, words) if part)


def pattern_at(registry: Registry, data: Json) -> str:
    """Return the pattern of the command that is being typed."""
    path, _ = _walk_path(data)
    command, _ = registry.resolve(path[0]) if path else (None, "")
    if command is None:
        return ""
    verb = _find_verb(command, path[1] if len(path) > 1 else "")
    return verb.takes if verb else pattern(command)


def _find_verb(command: Command, name: str) -> Verb | None:
    return next((verb for verb in command.verbs if fold(name) in (fold(verb.en), fold(verb.fr))), None)


def _walk_path(data: Json) -> tuple[list[str], list[Json]]:
    """Return the names of group and sub-command, and the options with values."""
    path: list[str] = []
    chosen = _read_options(data)
    while len(chosen) == 1 and chosen[0].get("type") in (SUB, GROUP):
        path.append(str(chosen[0].get("name", "")))
        chosen = _read_options(chosen[0])
    return path, chosen


def _read_options(data: Json) -> list[Json]:
    values = data.get("options")
    return [option for option in values if isinstance(option, dict)] if isinstance(values, list) else []
