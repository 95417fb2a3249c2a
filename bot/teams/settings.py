"""A team's settings, changed: read, checked, stored with their line in the record, and all that follows from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.scheduling import schedule_team
from bot.errors import RefusalError
from bot.grammar.places import country_named, hours_in, weekdays, zone_named
from bot.grammar.spelling import fold
from bot.teams.calendar import check_place
from bot.teams.hours import WorkingHours
from bot.teams.zone_change import keep_hours
from bot.zones import zone

if TYPE_CHECKING:
    from datetime import time

    from bot.call import Call
    from bot.catalogue.defaults import Defaults
    from bot.i18n import Language
    from bot.ports import Tx
    from bot.teams.team import Team

_LANGUAGES: dict[str, Language] = {
    "fr": "fr", "francais": "fr", "francaise": "fr", "french": "fr", "en francais": "fr",
    "en": "en", "anglais": "en", "anglaise": "en", "english": "en", "en anglais": "en",
}  # fmt: skip
_NONE = {"aucune", "aucun", "rien", "none", "-", "no"}
_LEADING = ("jours feries de ", "jours feries du ", "jours feries en ", "jours feries ", "feries ",
            "public holidays of ", "public holidays in ", "public holidays ", "holidays of ", "holidays ")  # fmt: skip


def language_named(typed: str) -> Language | None:
    """The language that these words name."""
    return _LANGUAGES.get(fold(typed))


def with_zone(team: Team, typed: str) -> Team:
    """In another zone. RefusalError with the nearest name when there is no such zone."""
    return team._replace(zone=zone_named(typed) or zone(typed).key)


def with_country(team: Team, typed: str) -> Team:
    """With another country's public holidays; a subdivision of the old one means nothing there."""
    code = country_named(typed) or typed.strip()[:40]
    check_place(code, None)
    return team if code == team.country else team._replace(country=code, subdivision=None)


def with_subdivision(team: Team, typed: str) -> Team:
    """With a canton's, a province's, a region's own holidays; « aucune » takes them away."""
    if fold(typed) in _NONE:
        return team._replace(subdivision=None)
    code = _subdivision(team.country, typed)
    check_place(team.country, code)
    return team._replace(subdivision=code)


def _subdivision(country: str, typed: str) -> str:
    """The code of a subdivision from its code or its name."""
    import holidays

    known = holidays.country_holidays(country)
    aliases: dict[str, str] = getattr(known, "subdivisions_aliases", {})
    names = {fold(code): code for code in known.subdivisions} | {fold(name): code for name, code in aliases.items()}
    return names.get(fold(typed), typed.strip().upper()[:40])


def with_hours(team: Team, hours: tuple[time, time], defaults: Defaults) -> Team:
    """Working at other hours; they must end after they begin, and leave time beside lunch."""
    lunch = defaults.moments.lunch
    try:
        WorkingHours(*hours, lunch.start, lunch.end)
    except ValueError as error:
        raise RefusalError("settings.hours_wrong") from error
    return team._replace(opens=hours[0], closes=hours[1])


def with_place(team: Team, typed: str, defaults: Defaults) -> Team:
    """« Paris, France, lundi–vendredi 9 h–18 h » in any order: what is not said stays as it is."""
    for part in typed.replace("\n", ",").replace(";", ",").replace("·", ",").split(","):
        hours, rest = hours_in(part)
        if hours is not None:
            team = with_hours(team, hours, defaults)
        if rest.strip():
            team = _with_part(team, rest.strip())
    return team


def _with_part(team: Team, typed: str) -> Team:
    words = fold(typed)
    bare = next((words.removeprefix(one) for one in _LEADING if words.startswith(one)), None)
    if bare is not None:
        return with_country(team, bare)
    days = weekdays(typed)
    if days is not None:
        return team._replace(working_days=days)
    found = zone_named(typed)
    if found is not None:
        return team._replace(zone=found)
    if country_named(typed) is not None:
        return with_country(team, typed)
    raise RefusalError("settings.place", part=typed[:40])


FIELDS = (
    "language", "zone", "country", "subdivision", "working_days", "opens", "closes", "whit_monday", "formal", "home",
    "closures",
)  # fmt: skip


def apply(call: Call, tx: Tx, after: Team) -> bool:
    """Store the settings, one line in the record, and derive the schedules again; False when nothing changed."""
    before = call.team
    changed = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
    if not changed:
        return False
    tx.teams.save(after)
    said = replace(
        call.entry(tx, "settings", "team", after.id),
        before={name: _said(before, name) for name in changed},
        after={name: _said(after, name) for name in changed},
    )
    tx.audit.write(said)
    if before.formal != after.formal:
        _reword(call, tx, after)
    keep_hours(tx, before, after)
    schedule_team(tx, after, call.registry, call.catalogue.defaults)
    return True


def _said(team: Team, name: str) -> str | None:
    value = getattr(team, name)
    match value:
        case None:
            return None
        case frozenset():
            return ",".join(day.isoformat() for day in sorted(value))
        case tuple():
            return "".join(map(str, value))
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _reword(call: Call, tx: Tx, team: Team) -> None:
    """Tasks whose words are still the catalogue's say « vous » (or « tu ») from now on."""
    for template in tx.templates.all(team.id):
        entry = call.catalogue.tasks.get(template.key)
        if entry is None:
            continue
        old, new = entry.to_task(formal=not team.formal), entry.to_task(formal=team.formal)
        tasks = tuple(replace(one, text=new.text) if one.text == old.text else one for one in template.tasks)
        if tasks != template.tasks:
            tx.templates.revise(replace(template, tasks=tasks, version=template.version + 1))
