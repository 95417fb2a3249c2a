"""A team's settings, each as one line, with what to type to change it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.grammar.places import city, country
from bot.grammar.when import say_date
from bot.message import Button, Message, Text, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.call import Call
    from bot.i18n import Language, Texts
    from bot.message import Block
    from bot.teams.team import Team

MOST_CLOSURES = 8
"""Closures that are named, each a day or a span."""
_WEEK = 7


def days(texts: Texts, working: tuple[int, ...]) -> str:
    """« lundi–vendredi » when they follow one another, else a list."""
    from babel.dates import get_day_names

    names = get_day_names("wide", locale=texts.language)
    said = [names[day - 1] for day in working]
    if len(working) == _WEEK:
        return texts.text("settings.every_day")
    in_a_row = working[-1] - working[0] == len(working) - 1
    return f"{said[0]}–{said[-1]}" if in_a_row and len(working) > 2 else texts.listing(said)  # noqa: PLR2004


def holidays(texts: Texts, team: Team) -> str:
    """« jours fériés de France »: with the country's own preposition where we know it."""
    from bot.i18n import catalogue

    own = f"holidays.{team.country}"
    key = own if own in catalogue(texts.language).keys() else "holidays.other"  # noqa: SIM118  # not a mapping
    said = texts.text(key, country=country(team.country, texts.language))
    return f"{said} ({team.subdivision})" if team.subdivision else said


def overview(call: Call, team: Team, home: str) -> Message:
    """Every setting, and how to change one."""
    texts = call.texts
    title = texts.line("settings.title", team=team.name)
    rows = [
        texts.line("settings.zone", city=city(team.zone, texts.language), zone=team.zone),
        texts.line("settings.days", days=days(texts, team.working_days)),
        texts.line("settings.hours", opens=team.opens, closes=team.closes),
        texts.line("settings.holidays", holidays=holidays(texts, team)),
        texts.line("settings.closures", dates=_closures(call, team)),
        texts.line("settings.home", channel=home or texts.text("word.nothing")),
        texts.line("settings.language", language=language_name(texts, team.language)),
    ]
    if team.country == "FR":
        rows.insert(4, texts.line(f"settings.whit_monday.{'closed' if team.whit_monday else 'open'}"))
    if team.language == "fr":
        rows.append(texts.line("settings.vous" if team.formal else "settings.tu"))
    blocks: list[Block] = [Text(title, "title"), *(Text(row) for row in rows)]
    return Message((*blocks, Text(texts.line("settings.how"), "note"), *_buttons(call, team)), plain(title))


def language_name(texts: Texts, language: Language) -> str:
    """« français », "English"."""
    return texts.text(f"language.{language}")


def _closures(call: Call, team: Team) -> str:
    coming = [day for day in sorted(team.closures) if day >= call.today]
    if not coming:
        return call.texts.text("settings.no_closure")
    spans = _spans(coming)
    said = [_span(call, *span) for span in spans[:MOST_CLOSURES]]
    left = sum((last - first).days + 1 for first, last in spans[MOST_CLOSURES:])
    if left:
        said.append(call.texts.text("settings.more_closures", count=left))
    return call.texts.listing(said)


def _spans(days: Sequence[date]) -> list[tuple[date, date]]:
    """Days in order, those that follow one another as (first, last)."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _span(call: Call, first: date, last: date) -> str:
    """« 24 décembre », « du 24 décembre au 2 janvier »."""
    said = [say_date(day, call.texts.language, call.today) for day in (first, last)]
    return said[0] if first == last else call.texts.text("settings.closure_from_to", first=said[0], last=said[1])


def _buttons(call: Call, team: Team) -> list[Button]:
    texts = call.texts
    command = call.registry.commands["settings"].names.shown(texts.language)
    found = []
    if team.language == "fr":
        other = "tu" if team.formal else "vous"
        found.append(Button(texts.text(f"button.{other}"), "say", f"{command} {other}"))
    if team.country == "FR":
        word = ("ouvert", "open") if team.whit_monday else ("fermé", "closed")
        key = "pentecôte" if texts.language == "fr" else "whit monday"
        label = texts.text(f"button.whit_monday.{'open' if team.whit_monday else 'closed'}")
        found.append(Button(label, "say", f"{command} {key} {word[texts.language != 'fr']}"))
    return found
