"""The slash commands, from the registry: three roots, each with what its section holds (DESIGN §1, decision 8).

Limits: 25 entries a root, a group, an option's choices; 8,000 characters a root over all names and descriptions, the
longest localisation counted. https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from adapters.discord.options import filled, named, options, said, value
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
"""Shown to who may manage messages: the readers of a brand's server see nothing. A default, which its admins change;
the right itself is the core's to check."""
SERVERS_ONLY: Json = {"contexts": [0], "integration_types": [0]}


def commands(registry: Registry, language: Language = "fr") -> list[Json]:
    """Everything that is declared to Discord; names are in `language` where a client speaks neither of ours."""
    messages = [one for one in (TRACK, ALERT) if one != ALERT or ALERT in registry.presses]
    menus = [*(_menu(MESSAGE_MENU, one, language) for one in messages), _menu(USER_MENU, WHO, language)]
    return [*_roots(registry, language), *menus]


def fingerprint(declared: Sequence[Json]) -> str:
    """Changes when, and only when, what is declared does."""
    return hashlib.sha256(json.dumps(declared, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def _roots(registry: Registry, language: Language) -> list[Json]:
    found = []
    for section, (en, fr) in ROOTS.items():
        within = [one for one in registry.commands.values() if one.section == section]
        if within:
            about = {one: texts(one).text(f"discord.root.{section}") for one in LANGUAGES}
            made = {"type": 1} | named(_both(fr, en), about, language) | _restricted()
            found.append(made | {"options": [_entry(one, language) for one in within]})
    return found


def _restricted() -> Json:
    return SERVERS_ONLY | {"default_member_permissions": STAFF}


def _entry(command: Command, language: Language) -> Json:
    names = _both(_slug(command.names.fr), _slug(command.names.en))
    about = _both(command.fr.help, command.en.help)
    if not command.verbs:
        return {"type": SUB} | named(names, about, language) | {"options": options(pattern(command), language)}
    return (
        {"type": GROUP} | named(names, about, language) | {"options": [_verb(one, language) for one in command.verbs]}
    )


def _verb(verb: Verb, language: Language) -> Json:
    names, about = _both(verb.fr, verb.en), _both(verb.help_fr, verb.help_en)
    return {"type": SUB} | named(names, about, language) | {"options": options(verb.takes, language)}


def pattern(command: Command) -> str:
    """What a command takes; one free field when it does not say."""
    if command.takes is not None:
        return command.takes
    return "[{text=rest}]" if command.en.usage.strip() not in ("", command.names.en) else ""


def _both(fr: str, en: str) -> dict[Language, str]:
    return {"fr": fr, "en": en}


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace("’", "-")


def _menu(kind: int, name: str, language: Language) -> Json:
    shown = {one: menu_name(name, one) for one in LANGUAGES}
    made = named(shown, _both("", ""), language)
    return {key: one for key, one in made.items() if not key.startswith("description")} | {"type": kind} | _restricted()


def menu_name(name: str, language: Language) -> str:
    """What a command of the context menu is called."""
    return texts(language).text(f"discord.menu.{name}")


def line(registry: Registry, data: Json) -> str:
    """The line of the grammar that a slash command stands for; its names may be in either language."""
    path, given = _walk(data)
    command, rest = registry.resolve(" ".join(path).replace("-", " ") if len(path) == 1 else path[0] if path else "")
    if command is None:
        return " ".join([*path, *(value(one) for one in given)])
    verb = _verb_of(command, path[1] if len(path) > 1 else "")
    takes = verb.takes if verb else pattern(command)
    known = filled(takes, given)
    words = said(takes, known) if known or not given else " ".join(value(one) for one in given)
    if command.names.en == "say" and words:  # the line itself: it declares how it is answered
        return words
    said_verb = verb.en if verb else " ".join(path[1:])
    return " ".join(one for one in (command.names.en, said_verb, rest, words) if one)


def pattern_at(registry: Registry, data: Json) -> str:
    """What the command that is being typed takes."""
    path, _ = _walk(data)
    command, _ = registry.resolve(path[0]) if path else (None, "")
    if command is None:
        return ""
    verb = _verb_of(command, path[1] if len(path) > 1 else "")
    return verb.takes if verb else pattern(command)


def _verb_of(command: Command, name: str) -> Verb | None:
    return next((one for one in command.verbs if fold(name) in (fold(one.en), fold(one.fr))), None)


def _walk(data: Json) -> tuple[list[str], list[Json]]:
    """The names of group and sub-command, and the options that were filled in."""
    path: list[str] = []
    given = _options(data)
    while len(given) == 1 and given[0].get("type") in (SUB, GROUP):
        path.append(str(given[0].get("name", "")))
        given = _options(given[0])
    return path, given


def _options(data: Json) -> list[Json]:
    found = data.get("options")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
