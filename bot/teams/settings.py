"""Changes of a team's settings: parsing, validation, storage with a line of the record, and rescheduling."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from bot.engine.scheduling import schedule_team
from bot.errors import RefusalError
from bot.grammar.cities import city_named
from bot.grammar.places import country_named, hours_in, weekdays, zone_named
from bot.grammar.spelling import fold
from bot.tasks.rederive import derive_again
from bot.teams.calendar import check_place
from bot.teams.hours import WorkingHours
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.call import Call
    from bot.catalogue.defaults import Defaults
    from bot.i18n import Language
    from bot.ports import Tx
    from bot.teams.team import Team

_LANGUAGES: dict[str, Language] = {
    "fr": "fr", "francais": "fr", "francaise": "fr", "french": "fr", "en francais": "fr",
    "en": "en", "anglais": "en", "anglaise": "en", "english": "en", "en anglais": "en",
}  # fmt: skip
_FEDERAL = ("CA", "CH", "BE", "GB", "DE", "US", "ES")
"""Countries of which a region may be named for the country, the likeliest first."""
_NONE_WORDS = {"aucune", "aucun", "rien", "none", "-", "no"}
_HOLIDAY_PREFIXES = ("jours feries de ", "jours feries du ", "jours feries en ", "jours feries ", "feries ",
            "public holidays of ", "public holidays in ", "public holidays ", "holidays of ", "holidays ")  # fmt: skip


def find_language(typed: str) -> Language | None:
    """Return the language that typed words name, else None."""
    return _LANGUAGES.get(fold(typed))


def with_zone(team: Team, typed: str) -> Team:
    """Return the team in another zone. Raises RefusalError, with the nearest name, for an unknown zone."""
    return team._replace(zone=_find_zone(typed) or zone(typed).key)


def _find_zone(typed: str) -> str | None:
    """Find the zone of a place: its own name, or a city's."""
    place = city_named(typed)
    return zone_named(typed) or (place.zone if place else None)


def with_country(team: Team, typed: str) -> Team:
    """Return the team with another country's public holidays, and without a subdivision of the old country."""
    code = country_named(typed)
    if code is None and (region := _find_region(typed)):
        return team._replace(country=region[0], subdivision=region[1])
    code = code or typed.strip()[:40]
    check_place(code, None)
    return team if code == team.country else team._replace(country=code, subdivision=None)


def with_subdivision(team: Team, typed: str) -> Team:
    """Return the team with the holidays of a canton, a province or a region; « aucune » removes them."""
    if fold(typed) in _NONE_WORDS:
        return team._replace(subdivision=None)
    code = _find_subdivision(team.country, typed)
    check_place(team.country, code)
    return team._replace(subdivision=code)


def _find_subdivision(country: str, typed: str) -> str:
    """Find the code of a subdivision from its code or its name."""
    import holidays

    table = holidays.country_holidays(country)
    aliases: dict[str, str] = getattr(table, "subdivisions_aliases", {})
    names = {fold(code): code for code in table.subdivisions} | {fold(name): code for name, code in aliases.items()}
    return names.get(fold(typed), typed.strip().upper()[:40])


def _find_region(typed: str) -> tuple[str, str] | None:
    """Find a region that people call their country (« Québec »): its country and its code."""
    import holidays

    for country in _FEDERAL:
        aliases: dict[str, str] = getattr(holidays.country_holidays(country), "subdivisions_aliases", {})
        code = {fold(name): code for name, code in aliases.items()}.get(fold(typed))
        if code is not None:
            return country, code
    return None


def with_hours(team: Team, hours: tuple[time, time], defaults: Defaults) -> Team:
    """Return the team with other hours. Raises RefusalError when they end too early or leave no time beside lunch."""
    lunch = defaults.moments.lunch
    try:
        WorkingHours(*hours, lunch.start, lunch.end)
    except ValueError as error:
        raise RefusalError("settings.hours_wrong") from error
    return team._replace(opens=hours[0], closes=hours[1])


def with_place(team: Team, typed: str, defaults: Defaults) -> Team:
    """Return the team with « Paris, France, lundi–vendredi 9 h–18 h », in any order; other settings stay unchanged."""
    parts = typed.replace("\n", ",").replace(";", ",").replace("·", ",").split(",")
    abroad = not any(country_named(part) for part in parts)
    for part in parts:
        hours, rest = hours_in(part)
        if hours is not None:
            team = with_hours(team, hours, defaults)
        if rest.strip():
            team = _apply_part(team, rest.strip(), abroad=abroad)
    return team


def _apply_part(team: Team, typed: str, *, abroad: bool) -> Team:
    """Apply one part of a place. With `abroad`, no part names a country, so that a city brings its own."""
    words = fold(typed)
    bare = next((words.removeprefix(prefix) for prefix in _HOLIDAY_PREFIXES if words.startswith(prefix)), None)
    if bare is not None:
        return with_country(team, bare)
    days = weekdays(typed)
    if days is not None:
        return team._replace(working_days=days)
    zone_name = _find_zone(typed)
    if zone_name is not None:
        place = city_named(typed)
        return _move_to(team._replace(zone=zone_name), place.country if place and abroad else team.country)
    if country_named(typed) is not None:
        return with_country(team, typed)
    raise RefusalError("settings.place", part=typed[:40])


def _move_to(team: Team, country: str) -> Team:
    """Take over a country's public holidays, where we know them."""
    try:
        return with_country(team, country)
    except RefusalError:
        return team


FIELDS = (
    "language", "zone", "country", "subdivision", "working_days", "opens", "closes", "whit_monday", "formal", "home",
    "closures",
)  # fmt: skip


def apply(call: Call, tx: Tx, after: Team) -> bool:
    """Store the settings with a line of the record, and reschedule the team; False without a change."""
    before = call.team
    changed = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
    if not changed:
        return False
    tx.teams.save(after)
    entry = replace(
        call.entry(tx, "settings", "team", after.id),
        before=read_values(before, changed),
        after=read_values(after, changed),
    )
    tx.audit.write(entry)
    follow_settings(call, tx, after)
    return True


def follow_settings(call: Call, tx: Tx, after: Team) -> None:
    """Derive again what follows from the settings, once they are stored (`call.team` has the former ones)."""
    if call.team.formal != after.formal:
        _update_formality(call, tx, after)
    derive_again(tx, call.team, after)
    schedule_team(tx, after, call.registry, call.catalogue.defaults)


def name_channel(tx: Tx, team: Team) -> str:
    """Return the name of the team's home channel as people write it, "" without one."""
    home = tx.teams.channel(team.id, team.home) if team.home else None
    return f"#{home.name.removeprefix('#')}" if home else ""


def read_values(team: Team, names: Iterable[str]) -> dict[str, str | None]:
    """Return settings as the record keeps them, by field."""
    return {name: _format_value(team, name) for name in names}


def with_values(team: Team, values: Mapping[str, str | None]) -> Team:
    """Return the team with settings as the record keeps them (the inverse of :func:`read_values`)."""
    fields: dict[str, Any] = {name: _parse_value(name, text) for name, text in values.items()}
    return team._replace(**fields)


def _parse_value(name: str, text: str | None) -> object:
    match name:
        case "closures":
            return frozenset(date.fromisoformat(day) for day in (text or "").split(",") if day)
        case "working_days":
            return tuple(int(day) for day in text or "")
        case "opens" | "closes":
            return time.fromisoformat(text or "")
        case "formal" | "whit_monday":
            return text == "true"
        case _:
            return text


def _format_value(team: Team, name: str) -> str | None:
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


def _update_formality(call: Call, tx: Tx, team: Team) -> None:
    """Switch « tu » and « vous » in the tasks that still have the catalogue's text."""
    for template in tx.templates.all(team.id):
        entry = call.catalogue.tasks.get(template.key)
        if entry is None:
            continue
        old, new = entry.to_task(formal=not team.formal), entry.to_task(formal=team.formal)
        tasks = tuple(replace(task, text=new.text) if task.text == old.text else task for task in template.tasks)
        if tasks != template.tasks:
            tx.templates.revise(replace(template, tasks=tasks, version=template.version + 1))
