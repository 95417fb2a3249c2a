from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.places import hours_in, weekdays
from bot.grammar.spelling import fold
from bot.grammar.verbs import verb
from bot.grammar.when import Ask, moment
from bot.message import Reply
from bot.registry import Guide, Names, Verb, command
from bot.teams.cards.settings import draw_change, draw_overview
from bot.teams.member import Right
from bot.teams.settings import (
    apply,
    find_language,
    name_channel,
    with_country,
    with_hours,
    with_place,
    with_subdivision,
    with_zone,
)
from bot.teams.setup import find_request_channel

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx
    from bot.teams.team import Team

KEYS = {
    "zone": ("fuseau", "fuseau horaire", "timezone", "time zone"),
    "country": ("pays",),
    "subdivision": ("région", "canton", "province", "region", "state"),
    "days": ("jours", "jours ouvrés", "jours travaillés", "working days"),
    "hours": ("horaires", "heures", "horaire", "working hours"),
    "closure": ("fermeture", "fermetures", "fermer", "vacances", "congés", "closures", "closed", "close", "vacation"),
    "whit_monday": ("pentecôte", "lundi de pentecôte", "whit monday", "whitmonday"),
    "vous": ("vouvoiement", "vouvoyer"),
    "tu": ("tutoiement", "tutoyer"),
    "home": ("salon", "canal", "channel"),
    "language": ("langue", "lang"),
}
_REMOVE_VERBS = {"take": ("retirer", "retire", "enlever", "enlève", "annuler", "rouvrir", "remove", "reopen")}
_OPEN = {"ouvert", "ouverte", "travaille", "non", "open", "worked", "no"}
_CLOSED = {"ferme", "fermee", "ferie", "chome", "oui", "closed", "yes"}
_SHOW = {"", "voir", "show"}
_HERE = {"", "ici", "here", "ce canal", "ce salon", "this channel"}
_TO = re.compile(r"\s+(?:au|à|to|until)\s+|\s+[-–]\s+", re.IGNORECASE)
_BARE_DAY = re.compile(r"\d{1,2}(?:er|st|nd|rd|th)?")
LONGEST_CLOSURE = timedelta(days=62)


@command(
    names=Names(
        "settings",
        "réglages",
        also_en=("setting", "preferences"),
        also_fr=("réglage", "paramètres", "paramètre", "préférences"),
    ),
    section="team",
    verbs=(
        Verb("show", "voir", "the settings as they are", "les réglages tels qu’ils sont"),
        Verb("zone", "fuseau", "the team’s time zone", "le fuseau de l’équipe", "{zone}"),
        Verb("country", "pays", "whose public holidays", "les jours fériés de quel pays", "{text=country}"),
        Verb("region", "région", "a region’s own holidays", "les jours fériés d’une région", "{text=region}"),
        Verb("days", "jours", "the working days", "les jours travaillés", "{text=days}"),
        Verb("hours", "horaires", "the working hours", "les horaires de travail", "{text=hours}"),
        Verb("closure", "fermeture", "days when nobody works", "des jours où personne ne travaille", "{text=days}"),
        Verb(
            "whit-monday",
            "pentecôte",
            "whether Whit Monday is worked",
            "si le lundi de Pentecôte est travaillé",
            "{closed/fermé|open/ouvert=state}",
        ),
        Verb("channel", "salon", "where the day’s card comes", "où vient la fiche du jour", "{channel}"),
        Verb("language", "langue", "the language of the team", "la langue de l’équipe", "{fr|en=language}"),
        Verb("tu", "tu", "say “tu” in French", "dire « tu »"),
        Verb("vous", "vous", "say “vous” in French", "dire « vous »"),
    ),
    en=Guide(
        "time zone, working days and hours, holidays, closures, channel, language of the team",
        "settings [zone | country | region | days | hours | closure | whit monday | channel | language VALUE]",
        ("settings", "settings hours 9am-5pm", "settings closure 24 December"),
    ),
    fr=Guide(
        "fuseau, jours et horaires, jours fériés, fermetures, tu ou vous, canal, langue de l’équipe",
        "réglages [fuseau | pays | région | jours | horaires | fermeture | pentecôte | salon | langue … | tu | vous]",
        ("réglages", "réglages horaires 9h-17h", "réglages fermeture 24 décembre"),
    ),
)
def settings(call: Call, tx: Tx) -> Reply:
    if fold(call.rest) in _SHOW:
        return Reply(draw_overview(call, call.team, name_channel(tx, call.team)))
    call.permit(Right.EDIT)
    key, rest = verb(call.rest, KEYS)
    after = _apply_change(call, tx, key, rest) if key else with_place(call.team, rest, call.catalogue.defaults)
    if not apply(call, tx, after):
        raise RefusalError("settings.same")
    now = call._replace(roster=replace(call.roster, team=after))
    return Reply(draw_change(now, call.team, after, (name_channel(tx, call.team), name_channel(tx, after))))


def _apply_change(call: Call, tx: Tx, key: str, rest: str) -> Team:
    team = call.team
    match key:
        case "zone" | "country" | "subdivision" if not rest:
            raise RefusalError(f"settings.what.{key}")
        case "zone":
            return with_zone(team, rest)
        case "country":
            return with_country(team, rest)
        case "subdivision":
            return with_subdivision(team, rest)
        case "days":
            return _set_days(team, rest)
        case "hours":
            return _set_hours(call, rest)
        case "closure":
            return _set_closures(call, rest)
        case "whit_monday":
            return team._replace(whit_monday=_parse_closed(rest))
        case "tu" | "vous":
            return team._replace(formal=key == "vous")
        case "home":
            return _set_home(call, tx, rest)
        case _:
            return _set_language(team, rest)


def _set_days(team: Team, rest: str) -> Team:
    working_days = weekdays(rest)
    if working_days is None:
        raise RefusalError("settings.what.days")
    return team._replace(working_days=working_days)


def _set_hours(call: Call, rest: str) -> Team:
    hours, remainder = hours_in(rest)
    if hours is None or remainder.strip():
        raise RefusalError("settings.what.hours")
    return with_hours(call.team, hours, call.catalogue.defaults)


def _parse_closed(rest: str) -> bool:
    if fold(rest) not in _OPEN | _CLOSED:
        raise RefusalError("settings.what.whit_monday")
    return fold(rest) in _CLOSED


def _set_home(call: Call, tx: Tx, rest: str) -> Team:
    channel = find_request_channel(call, tx) if fold(rest) in _HERE else None
    if channel is None:
        raise RefusalError("settings.what.home")
    return call.team._replace(home=channel)


def _set_language(team: Team, rest: str) -> Team:
    language = find_language(rest)
    if language is None:
        raise RefusalError("lang.unknown", name=rest[:40])
    return team._replace(language=language)


def _set_closures(call: Call, rest: str) -> Team:
    """Add or remove closures: « 24 décembre », « du 24 décembre au 2 janvier », « retirer 24 décembre »."""
    removal, rest = verb(rest, _REMOVE_VERBS)
    if not rest:
        raise RefusalError("settings.what.closure")
    days = _parse_period(call, rest)
    closures = call.team.closures - days if removal else call.team.closures | days
    return call.team._replace(closures=frozenset(closures))


def _parse_period(call: Call, rest: str) -> frozenset[date]:
    words = rest.strip()
    parts = _TO.split(words.removeprefix("du ").removeprefix("from "), maxsplit=1)
    last = _parse_day(call, parts[-1])
    first = last if len(parts) == 1 else _parse_first_day(call, parts[0], parts[1])
    if not first <= last <= first + LONGEST_CLOSURE:
        raise RefusalError("settings.closure_span", days=LONGEST_CLOSURE.days)
    return frozenset(first + timedelta(days=step) for step in range((last - first).days + 1))


def _parse_first_day(call: Call, typed: str, end: str) -> date:
    """Parse the first day of « du 24 au 31 décembre » : a bare day is in the month of the last."""
    month = end.split(maxsplit=1)[1:]
    return _parse_day(call, f"{typed} {month[0]}" if _BARE_DAY.fullmatch(typed.strip()) and month else typed)


def _parse_day(call: Call, typed: str) -> date:
    team = call.team
    answer = moment(typed, now=call.now, zone=team.tz, calendar=team.calendar, language=call.texts.language)
    days = {choice.local.date() for choice in answer.choices} if isinstance(answer, Ask) else {answer.local.date()}
    if len(days) > 1:
        raise RefusalError("settings.what.closure")
    return days.pop()
