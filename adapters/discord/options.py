"""What a command takes, as options to fill in, and the line of the grammar that they make (`bot.registry.Command`)."""

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
    """The options of a pattern, in the order in which it says them."""
    segments = ((one[1] or one[2], one[1] is None) for one in _SEGMENT.finditer(pattern))
    return tuple(_take(hole, required=required) for text, required in segments for hole in _HOLE.finditer(text))


@cache
def _called(pattern: str) -> Mapping[str, Take]:
    """The options of a pattern by name, in whatever language."""
    return {name_of(take, language): take for take in takes(pattern) for language in LANGUAGES}


def _take(hole: re.Match[str], *, required: bool) -> Take:
    kind = hole[1]
    if "|" not in kind and "/" not in kind:
        return Take(kind, hole[2] or kind, required)
    words = (one.partition("/") for one in kind.split("|"))
    return Take("choice", hole[2] or "choice", required, tuple((en, fr or en) for en, _, fr in words))


def said(pattern: str, values: Mapping[str, str]) -> str:
    """The rest of the line, from what was filled in by option name (:attr:`Take.name`)."""
    parts = []
    for segment in _SEGMENT.finditer(pattern):
        text = segment[1] if segment[1] is not None else segment[2]
        names = [hole[2] or hole[1] for hole in _HOLE.finditer(text)]
        if all(values.get(name) for name in names):
            parts.append(_HOLE.sub(lambda hole: values[hole[2] or hole[1]], text).strip())
    return " ".join(part for part in parts if part)


def name_of(take: Take, language: Language) -> str:
    """What an option is called."""
    return texts(language).text(f"discord.take.{take.name}")


def options(pattern: str, language: Language) -> list[Json]:
    """The options as Discord declares them: those that are required come first."""
    return [_option(take, language) for take in sorted(takes(pattern), key=lambda one: not one.required)]


def _option(take: Take, language: Language) -> Json:
    kind = {"person": USER, "channel": CHANNEL}.get(take.kind, TEXT)
    names = {one: name_of(take, one) for one in LANGUAGES}
    about = {one: texts(one).text(f"discord.take_about.{take.name}") for one in LANGUAGES}
    made: Json = {"type": kind} | named(names, about, language) | ({"required": True} if take.required else {})
    if take.kind == "channel":
        made["channel_types"] = [0, 5]
    if take.kind in SUGGESTED:
        made["autocomplete"] = True
    if take.choices:
        made["choices"] = [_choice(en, fr, language) for en, fr in take.choices]
    return made


def _choice(en: str, fr: str, language: Language) -> Json:
    return {"name": fr if language == "fr" else en, "value": en} | _localised("name", {"fr": fr, "en": en}, language)


def named(names: Mapping[Language, str], about: Mapping[Language, str], language: Language) -> Json:
    """A name and a description in the default language, with those of the other."""
    shown = {one: text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1] + "…" for one, text in about.items()}
    own: Json = {"name": names[language], "description": shown[language]}
    return own | _localised("name", names, language) | _localised("description", shown, language)


def _localised(key: str, said: Mapping[Language, str], language: Language) -> Json:
    other = {locale: said[one] for locale, one in _LOCALES.items() if said[one] != said[language]}
    return {f"{key}_localizations": other} if other else {}


def filled(pattern: str, given: Sequence[Json]) -> dict[str, str]:
    """What was filled in, by :attr:`Take.name`, from the options of an interaction whatever language named them."""
    known = _called(pattern)
    found = {}
    for one in given:
        take = known.get(str(one.get("name")))
        if take is not None:
            found[take.name] = value(one)
    return found


def value(option: Json) -> str:
    """What an option holds, as people would type it: somebody as a mention; a channel is the one that is spoken in."""
    raw = " ".join(str(option.get("value", "")).split())
    match option.get("type"):
        case 6:
            return f"<@{raw}>"
        case 7:
            return HERE
        case _:
            return raw
