"""What may be meant while something is typed: a team's tasks, roles, networks, moments, zones, with what comes back."""

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
    """What is read, what comes back, and everything by which it is found."""

    label: str
    value: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What one person can choose from, read at one moment; the lists are by kind."""

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
    items = sorted(items_of(tx, team, team.today(tx.now)), key=lambda one: (not one.is_open, one.holder != member.id))
    shown = [one for one in items if not one.task.private or one.holder == member.id]
    ours = [one for one in tx.templates.all(team.id) if one.state != "removed" and seen_by(member.id, one)]
    own = [Entry(one.tasks[0].title.say(language), one.key, tuple(names(one))) for one in ours]
    trade = [
        Entry(one.title.of(language), key, (key, one.title.fr, one.title.en)) for key, one in catalogue.tasks.items()
    ]
    holders = [one for one in catalogue.roles.values() if one.kind == "holder"]
    lists = {
        "task": [_entry(one.task.title.say(language), one.task.key, one.task.names) for one in shown],
        "own": own,
        "checklist": [*own, *trade],
        "role": [Entry(one.title.of(language), one.id, (one.id, one.title.fr, *one.names.all())) for one in holders],
        "network": [_entry(one.title.of(language), key, one.names.all()) for key, one in catalogue.networks.items()],
        "command": [_entry(one.names.shown(language), one.names.shown(language), one.names.all())
                    for one in registry.commands.values()],
    }  # fmt: skip
    return Scene(team, language, {kind: list(_once(found)) for kind, found in lists.items()})


def _entry(label: str, value: str, others: Iterable[str]) -> Entry:
    return Entry(label, value, (value, *others))


def _once(entries: Iterable[Entry]) -> Iterable[Entry]:
    """The first of each value."""
    return list({one.value: one for one in reversed(list(entries))}.values())[::-1]


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
    wanted = fold(typed)
    called = [(one, [fold(name) for name in (one.label, *one.names)]) for one in entries]
    first = [one for one, said in called if any(name.startswith(wanted) for name in said)]
    within = [one for one, said in called if any(wanted in name for name in said) and one not in first]
    return [*first, *within][:MOST]


def _moments(scene: Scene, typed: str, now: datetime) -> list[Entry]:
    """What was typed, as it is understood, then usual moments."""
    understood = _understood(scene, typed, now)
    usual = [Entry(one, one) for one in MOMENTS[scene.language] if fold(one).startswith(fold(typed))]
    return [*understood, *usual][:MOST]


def _understood(scene: Scene, typed: str, now: datetime) -> list[Entry]:
    team, language = scene.team, scene.language
    if not typed.strip():
        return []
    try:
        read = rhythm(typed, language=language, today=team.today(now))
        readings = read.choices if isinstance(read, AskRhythm) else (read,)
        return [Entry(said := say_rhythm(one, language), typed if len(readings) == 1 else said) for one in readings]
    except RefusalError:
        pass
    try:
        found = moment(typed, now=now, zone=team.tz, calendar=team.calendar, language=language)
    except RefusalError:
        return []
    moments = found.choices if isinstance(found, Ask) else (found,)
    local = team.local(now)
    said_ = [say_moment(one.local, language, now_local=local) for one in moments]
    return [Entry(one, typed if len(said_) == 1 else one) for one in said_]


def _zones(scene: Scene, typed: str) -> list[Entry]:
    found = zones_named(typed) if typed.strip() else [scene.team.zone]
    return [Entry(f"{city(one, scene.language)} ({one})", one) for one in found[:MOST]]
