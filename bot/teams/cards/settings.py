"""The card of a team's settings, one line each, with the command to change them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.grammar.places import city, country
from bot.grammar.when import say_date
from bot.i18n import Words
from bot.message import Button, Message, Text, plain
from bot.record.undo import undo_button

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.call import Call
    from bot.i18n import Language, Texts
    from bot.message import Block
    from bot.teams.team import Team

MOST_CLOSURES = 8
"""Closures to list, each a day or a period."""
_WEEK = 7
_FIELDS = (
    ("zone",), ("country", "subdivision"), ("working_days",), ("opens", "closes"), ("whit_monday",), ("formal",),
    ("home",), ("language",),
)  # fmt: skip
"""Fields of a team that make one setting each."""


def format_days(texts: Texts, working: tuple[int, ...]) -> str:
    """Format weekdays as a range, « lundi–vendredi », else as a list."""
    from babel.dates import get_day_names

    names = get_day_names("wide", locale=texts.language)
    selected = [names[day - 1] for day in working]
    if len(working) == _WEEK:
        return texts.text("settings.every_day")
    in_a_row = working[-1] - working[0] == len(working) - 1
    return f"{selected[0]}–{selected[-1]}" if in_a_row and len(working) > 2 else texts.listing(selected)  # noqa: PLR2004


def format_holidays(texts: Texts, team: Team) -> str:
    """Format « jours fériés de France », with the country's own preposition where it has a text."""
    from bot.i18n import catalogue

    own = f"holidays.{team.country}"
    key = own if own in catalogue(texts.language).keys() else "holidays.other"  # noqa: SIM118  # not a mapping
    words = texts.text(key, country=country(team.country, texts.language))
    return f"{words} ({team.subdivision})" if team.subdivision else words


def draw_overview(call: Call, team: Team, home: str) -> Message:
    """Draw all settings, and how to change one."""
    texts = call.texts
    title = texts.line("settings.title", team=team.name)
    rows = [
        texts.line("settings.zone", city=city(team.zone, texts.language), zone=team.zone),
        texts.line("settings.days", days=format_days(texts, team.working_days)),
        texts.line("settings.hours", opens=team.opens, closes=team.closes),
        texts.line("settings.holidays", holidays=format_holidays(texts, team)),
        texts.line("settings.closures", dates=_format_closures(call, team)),
        texts.line("settings.home", channel=home or texts.text("word.nothing")),
        texts.line("settings.language", language=language_name(texts, team.language)),
    ]
    if team.country == "FR":
        rows.insert(4, texts.line(f"settings.whit_monday.{'closed' if team.whit_monday else 'open'}"))
    if team.language == "fr":
        rows.append(texts.line("settings.vous" if team.formal else "settings.tu"))
    blocks: list[Block] = [Text(title, "title"), *(Text(row) for row in rows)]
    return Message((*blocks, Text(texts.line("settings.how"), "note"), *_draw_buttons(call, team)), plain(title))


def draw_change(call: Call, before: Team, after: Team, homes: tuple[str, str]) -> Message:
    """Draw the settings that changed, each with its former value, and the way back. `homes`: channel before, after."""
    lines = [call.line("settings.closed_on", dates=dates) for dates in _list_closed(call, before, after)]
    lines += [call.line("settings.opened_on", dates=dates) for dates in _list_closed(call, after, before)]
    for field in _list_changed(before, after):
        was, now = _write_value(call, before, homes[0], field), _write_value(call, after, homes[1], field)
        line = call.line("settings.changed", label=call.texts.text(f"setting.{field}"), value=now)
        lines.append((*line, *call.line("change.was", was=was)))
    command = Button(
        call.texts.text("button.settings"), "say", call.registry.commands["settings"].names.shown(call.texts.language)
    )
    return Message((*map(Text, lines), undo_button(call), command), plain(lines[0]))


def write_changes(call: Call, before: Team, after: Team, homes: tuple[str, str]) -> list[str]:
    """Write « Horaires : 9 h–18 h → 9 h–17 h » for each setting that changed, as the record shows it."""
    changes = [plain(call.line("settings.closed_on", dates=dates)) for dates in _list_closed(call, before, after)]
    changes += [plain(call.line("settings.opened_on", dates=dates)) for dates in _list_closed(call, after, before)]
    for field in _list_changed(before, after):
        was, now = _write_value(call, before, homes[0], field), _write_value(call, after, homes[1], field)
        label = call.texts.text(f"setting.{field}")
        changes.append(call.texts.text("change.from_to", label=label, was=was, now=now))
    return changes


def _list_changed(before: Team, after: Team) -> list[str]:
    """Return the settings that differ, by the first field of each; closures are said by their dates."""
    return [fields[0] for fields in _FIELDS if any(getattr(before, name) != getattr(after, name) for name in fields)]


def _list_closed(call: Call, before: Team, after: Team) -> list[str]:
    """Return the closures that `after` adds to `before`, in words: none, or one text."""
    added = sorted(after.closures - before.closures)
    return [call.texts.listing([_format_period(call, *span) for span in _group_days(added)])] if added else []


def _write_value(call: Call, team: Team, home: str, field: str) -> str:
    """Write the value of a setting in words."""
    texts = call.texts
    match field:
        case "zone":
            return f"{city(team.zone, texts.language)} ({team.zone})"
        case "country":
            return format_holidays(texts, team)
        case "working_days":
            return format_days(texts, team.working_days)
        case "opens":
            return f"{texts.time(team.opens)}–{texts.time(team.closes)}"
        case "whit_monday":
            return texts.text(f"setting.whit_monday.{'closed' if team.whit_monday else 'open'}")
        case "formal":
            return texts.text("setting.vous" if team.formal else "setting.tu")
        case "home":
            return home or texts.text("word.nothing")
        case _:
            return language_name(texts, team.language)


def language_name(texts: Texts, language: Language) -> str:
    """Return the name of a language: « français », "English"."""
    return texts.text(f"language.{language}")


def _format_closures(call: Call, team: Team) -> str:
    coming = [day for day in sorted(team.closures) if day >= call.today]
    if not coming:
        return call.texts.text("settings.no_closure")
    spans = _group_days(coming)
    parts = [_format_period(call, *span) for span in spans[:MOST_CLOSURES]]
    remaining = sum((last - first).days + 1 for first, last in spans[MOST_CLOSURES:])
    if remaining:
        parts.append(call.texts.text("settings.more_closures", count=remaining))
    return call.texts.listing(parts)


def _group_days(days: Sequence[date]) -> list[tuple[date, date]]:
    """Group ordered days into periods of consecutive days: (first, last)."""
    periods: list[tuple[date, date]] = []
    for day in days:
        if periods and day - periods[-1][1] == timedelta(days=1):
            periods[-1] = (periods[-1][0], day)
        else:
            periods.append((day, day))
    return periods


def _format_period(call: Call, first: date, last: date) -> str:
    """Format a period: « 24 décembre », « du 24 décembre au 2 janvier »."""
    dates = [say_date(day, call.texts.language, call.today) for day in (first, last)]
    return dates[0] if first == last else call.texts.text("settings.closure_from_to", first=dates[0], last=dates[1])


def _draw_buttons(call: Call, team: Team) -> list[Button]:
    texts = call.texts
    command = call.registry.commands["settings"].names.shown(texts.language)
    buttons = []
    if team.language == "fr":
        other = "tu" if team.formal else "vous"
        buttons.append(Button(texts.text(f"button.{other}"), "say", f"{command} {other}"))
    if team.country == "FR":
        change = Words("pentecôte ouvert", "whit monday open")
        if not team.whit_monday:
            change = Words("pentecôte fermé", "whit monday closed")
        label = texts.text(f"button.whit_monday.{'open' if team.whit_monday else 'closed'}")
        buttons.append(Button(label, "say", f"{command} {change.say(texts.language)}"))
    return buttons
