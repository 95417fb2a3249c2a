"""Suggest values for a typed beginning: a team's tasks, roles, networks, moments and zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.places import city, zones_named
from bot.grammar.spelling import fold
from bot.grammar.when import Ask, AskRhythm, moment, rhythm, say_moment, say_rhythm
from bot.tasks.templates import names, seen_by
from bot.tasks.today import items_of
from bot.teams.roster import roster

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.i18n import Language
    from bot.ports import Tx
    from bot.registry import Registry
    from bot.teams.team import Team

MOST = 25
MOMENTS = {
    "fr": ("demain 9h", "demain 14h", "lundi 9h", "mardi 9h", "mercredi 9h", "jeudi 9h", "vendredi 9h", "vendredi 16h",
           "dans 1 heure", "chaque lundi à 9h", "chaque vendredi à 16h", "le 1er de chaque mois à 9h"),
    "en": ("tomorrow 9am", "tomorrow 2pm", "monday 9am", "tuesday 9am", "wednesday 9am", "thursday 9am", "friday 9am",
           "friday 4pm", "in 1 hour", "every monday at 9am", "every friday at 4pm", "the 1st of every month at 9am"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """Entry of a list: its label, the value that is sent back, and the names that find it."""

    label: str
    value: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """Lists that one person can choose from, by kind, read at one moment."""

    team: Team
    language: Language
    lists: Mapping[str, Sequence[Entry]]


def look(tx: Tx, platform: str, external: str, actor: str, registry: Registry) -> Scene | None:
    """The lists of a member of the team installed at this place; None for strangers: they are told nothing."""
    team = tx.teams.find(platform, external)
    member = tx.members.find(team.id, platform, actor) if team else None
    if team is None or member is None:
        return None
    language = roster(tx, team).texts_for(member).language
    catalogue = tx.catalogue(team.id)
    items = sorted(
        items_of(tx, team, team.today(tx.now)), key=lambda item: (not item.is_open, item.holder != member.id)
    )
    shown = [item for item in items if not item.task.private or item.holder == member.id]
    templates = [
        template
        for template in tx.templates.all(team.id)
        if template.state != "removed" and seen_by(member.id, template)
    ]
    own = [Entry(template.tasks[0].title.say(language), template.key, tuple(names(template))) for template in templates]
    trade = [
        Entry(entry.title.of(language), key, (key, entry.title.fr, entry.title.en))
        for key, entry in catalogue.tasks.items()
    ]
    holders = [role for role in catalogue.roles.values() if role.kind == "holder"]
    lists = {
        "task": [_entry(item.task.title.say(language), item.task.key, item.task.names) for item in shown],
        "own": own,
        "checklist": [*own, *trade],
        "role": [Entry(role.title.of(language), role.id, (role.id, role.title.fr, *role.names.all()))
                 for role in holders],
        "network": [_entry(network.title.of(language), key, network.names.all())
                    for key, network in catalogue.networks.items()],
        "command": [_entry(command.names.shown(language), command.names.shown(language), command.names.all())
                    for command in registry.commands.values()],
    }  # fmt: skip
    return Scene(team, language, {kind: list(_once(entries)) for kind, entries in lists.items()})


def _entry(label: str, value: str, names: Iterable[str]) -> Entry:
    return Entry(label, value, (value, *names))


def _once(entries: Iterable[Entry]) -> Iterable[Entry]:
    """The first of each value."""
    return list({entry.value: entry for entry in reversed(list(entries))}.values())[::-1]


def suggest(scene: Scene, kind: str, typed: str, now: datetime) -> list[Entry]:
    """At most 25 entries that begin as was typed, then those that contain it."""
    match kind:
        case "moment":
            return _moments(scene, typed, now)
        case "zone":
            return _zones(scene, typed)
        case _:
            return _matching(scene.lists.get(kind, ()), typed)


def _matching(entries: Sequence[Entry], typed: str) -> list[Entry]:
    start = fold(typed)
    called = [(entry, [fold(name) for name in (entry.label, *entry.names)]) for entry in entries]
    first = [entry for entry, labels in called if any(name.startswith(start) for name in labels)]
    within = [entry for entry, labels in called if any(start in name for name in labels) and entry not in first]
    return [*first, *within][:MOST]


def _moments(scene: Scene, typed: str, now: datetime) -> list[Entry]:
    """List the typed moment as it is understood, then usual moments."""
    understood = _understood(scene, typed, now)
    usual = [Entry(words, words) for words in MOMENTS[scene.language] if fold(words).startswith(fold(typed))]
    return [*understood, *usual][:MOST]


def _understood(scene: Scene, typed: str, now: datetime) -> list[Entry]:
    team, language = scene.team, scene.language
    if not typed.strip():
        return []
    try:
        read = rhythm(typed, language=language, today=team.today(now))
        readings = read.choices if isinstance(read, AskRhythm) else (read,)
        return [
            Entry(echo := say_rhythm(reading, language), typed if len(readings) == 1 else echo) for reading in readings
        ]
    except RefusalError:
        pass
    try:
        answer = moment(typed, now=now, zone=team.tz, calendar=team.calendar, language=language)
    except RefusalError:
        return []
    moments = answer.choices if isinstance(answer, Ask) else (answer,)
    local = team.local(now)
    echoes = [say_moment(choice.local, language, now_local=local) for choice in moments]
    return [Entry(echo, typed if len(echoes) == 1 else echo) for echo in echoes]


def _zones(scene: Scene, typed: str) -> list[Entry]:
    zones = zones_named(typed) if typed.strip() else [scene.team.zone]
    return [Entry(f"{city(zone, scene.language)} ({zone})", zone) for zone in zones[:MOST]]
