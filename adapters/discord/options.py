"""Options of a slash command, from the pattern of the registry, and the grammar line that their values make."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.i18n import LANGUAGES, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.i18n import Language

Json = dict[str, Any]

TEXT, USER, CHANNEL = 3, 6, 7
SUGGESTED = frozenset({"task", "own", "checklist", "role", "moment", "zone", "network", "command"})
"""Kinds whose entries are proposed while they are typed."""
_SEGMENT = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
_HOLE = re.compile(r"\{([^{}=]+)(?:=(\w+))?\}")
_LOCALES: dict[str, Language] = {"fr": "fr", "en-US": "en", "en-GB": "en"}
HERE = "here"
DESCRIPTION = 100


@dataclass(frozen=True, slots=True)
class Take:
    """One option. `choices` are (English, French) words of which one is chosen; `name` is a key of the texts."""

    kind: str
    name: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()


@cache
def takes(pattern: str) -> tuple[Take, ...]:
    """Parse the options of a pattern, in its order."""
    segments = ((match[1] or match[2], match[1] is None) for match in _SEGMENT.finditer(pattern))
    return tuple(_take(hole, required=required) for text, required in segments for hole in _HOLE.finditer(text))


@cache
def _index_takes(pattern: str) -> Mapping[str, Take]:
    """Index the options of a pattern by their names in every language."""
    return {name_of(take, language): take for take in takes(pattern) for language in LANGUAGES}


def _take(hole: re.Match[str], *, required: bool) -> Take:
    kind = hole[1]
    if "|" not in kind and "/" not in kind:
        return Take(kind, hole[2] or kind, required)
    words = (pair.partition("/") for pair in kind.split("|"))
    return Take("choice", hole[2] or "choice", required, tuple((en, fr or en) for en, _, fr in words))


def fill_pattern(pattern: str, values: Mapping[str, str]) -> str:
    """Fill a pattern with values by option name (:attr:`Take.name`), leaving out segments without a value."""
    parts = []
    for segment in _SEGMENT.finditer(pattern):
        text = segment[1] if segment[1] is not None else segment[2]
        names = [hole[2] or hole[1] for hole in _HOLE.finditer(text)]
        if all(values.get(name) for name in names):
            parts.append(_HOLE.sub(lambda hole: values[hole[2] or hole[1]], text).strip())
    return " ".join(part for part in parts if part)


def name_of(take: Take, language: Language) -> str:
    """Return the name of an option."""
    return texts(language).text(f"discord.take.{take.name}")


def options(pattern: str, language: Language) -> list[Json]:
    """Build the options as Discord declares them; required ones come first."""
    return [_option(take, language) for take in sorted(takes(pattern), key=lambda take: not take.required)]


def _option(take: Take, language: Language) -> Json:
    kind = {"person": USER, "channel": CHANNEL}.get(take.kind, TEXT)
    names = {tongue: name_of(take, tongue) for tongue in LANGUAGES}
    about = {tongue: texts(tongue).text(f"discord.take_about.{take.name}") for tongue in LANGUAGES}
    made: Json = {"type": kind} | named(names, about, language) | ({"required": True} if take.required else {})
    if take.kind == "channel":
        made["channel_types"] = [0, 5]
    if take.kind in SUGGESTED:
        made["autocomplete"] = True
    if take.choices:
        made["choices"] = [_choice(en, fr, language) for en, fr in take.choices]
    return made


def _choice(en: str, fr: str, language: Language) -> Json:
    return {"name": fr if language == "fr" else en, "value": en} | _localise("name", {"fr": fr, "en": en}, language)


def named(names: Mapping[Language, str], about: Mapping[Language, str], language: Language) -> Json:
    """Build a name and a description in the default language, with their localisations."""
    shown = {
        tongue: text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1] + "…" for tongue, text in about.items()
    }
    own: Json = {"name": names[language], "description": shown[language]}
    return own | _localise("name", names, language) | _localise("description", shown, language)


def _localise(key: str, translations: Mapping[Language, str], language: Language) -> Json:
    own = translations[language]
    other = {locale: translations[tongue] for locale, tongue in _LOCALES.items() if translations[tongue] != own}
    return {f"{key}_localizations": other} if other else {}


def read_values(pattern: str, chosen: Sequence[Json]) -> dict[str, str]:
    """Read the values of an interaction by :attr:`Take.name`; its options may be named in either language."""
    by_name = _index_takes(pattern)
    values = {}
    for option in chosen:
        take = by_name.get(str(option.get("name")))
        if take is not None:
            values[take.name] = value(option)
    return values


def value(option: Json) -> str:
    """Return the value of an option as people would type it: a person as a mention, a channel as « here »."""
    raw = " ".join(str(option.get("value", "")).split())
    match option.get("type"):
        case 6:
            return f"<@{raw}>"
        case 7:
            return HERE
        case _:
            return raw
