"""The team's own tasks: each said with its rhythm, its next dates and who has it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.engine.rhythm import Once, nominals
from bot.grammar.places import on_clock
from bot.grammar.when import say_delay, say_moment, say_rhythm, say_rhythm_with_next
from bot.message import Button, Link, Message, Strong, Text, plain
from bot.pages import page
from bot.tasks.cards.item import DOT
from bot.tasks.deadline import deadline_of
from bot.teams.role import person_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Block, Line
    from bot.tasks.task import Template
    from bot.teams.roster import Roster


def verb(call: Call, french: str, english: str) -> str:
    """A line of the `task` command in the asker's language."""
    return f"tâche {french}" if call.texts.language == "fr" else f"task {english}"


def holder(call: Call, people: Roster, role: str) -> str:
    """« Karim », or « Animation de la communauté (Karim) » for a role."""
    found = people.holder(role)
    name = found.name if found else ""
    if person_of(role) is not None:
        return name
    entry = call.catalogue.roles.get(role)
    title = entry.title.of(call.texts.language) if entry else role
    if entry is not None and entry.kind != "holder":
        return title
    return f"{title} ({name})" if name else title


def when(call: Call, template: Template, *, coming: bool = False) -> str:
    """The rhythm in words, or the one moment; `coming` adds the next two dates."""
    language, now = call.texts.language, call.team.local(call.now)
    rhythm = template.rhythm
    if rhythm is None:
        return call.texts.text("task.on_demand")
    if isinstance(rhythm.rule, Once):
        return _once(call, template, now)
    if coming:
        return say_rhythm_with_next(rhythm, call.team.calendar, now, language)
    return say_rhythm(rhythm, language)


def _once(call: Call, template: Template, now: datetime) -> str:
    begins = _moment(call, template)
    if template.deadline is None:
        return say_moment(begins, call.texts.language, now_local=now)
    return say_delay(deadline_of(template.deadline, begins, call.team.calendar), call.texts.language, now_local=now)


def _moment(call: Call, template: Template) -> datetime:
    assert template.rhythm is not None
    assert isinstance(template.rhythm.rule, Once)
    before = datetime.combine(template.rhythm.rule.on, time.min) - timedelta(minutes=1)
    return next(nominals(template.rhythm, call.team.calendar, before))


def said(call: Call, people: Roster, template: Template, key: str) -> Message:
    """What became of a task, in full: « C’est noté : … », with the way back."""
    title, who = template.tasks[0].title, holder(call, people, template.tasks[0].role)
    moment = on_clock(when(call, template, coming=True), call.team.tz, [call.tz], call.now, call.texts.language)
    line = call.line(key, title=title, who=who, when=moment)
    way_back = {
        "active": (call.texts.text("button.remove"), verb(call, "supprimer", "remove")),
        "paused": (call.texts.text("button.resume"), verb(call, "reprendre", "resume")),
    }.get(template.state)
    buttons = [Button(way_back[0], "say", f"{way_back[1]} {template.key}")] if way_back else []
    address = template.tasks[0].link
    links = [Link(call.texts.text("button.open"), address)] if address else []
    return Message((Text(line), *links, *buttons), plain(line))


def listing(call: Call, ours: Sequence[Template], reminders: Sequence[Template], number: int) -> Message:
    """Every task of the team's own, with its rhythm, then one's own reminders; the catalogue's are another list."""
    catalogue = call.registry.commands["checklist"].names.shown(call.texts.language)
    title = call.line("task.list" if ours else "task.none", count=len(ours))
    lines: list[Block] = [Text(_line(call, template)) for template in ours]
    if reminders:
        lines.append(Text(call.line("task.reminders", count=len(reminders)), "note"))
        lines += [Text(_line(call, template)) for template in reminders]
    shown = page(call.texts, lines, number, verb(call, "lister", "list"))
    button = Button(call.texts.text("button.catalogue"), "say", catalogue)
    return Message((Text(title, "title" if ours else "plain"), *shown, button), plain(title))


def _line(call: Call, template: Template) -> Line:
    title = template.tasks[0].title.say(call.texts.language)
    parts = [when(call, template), holder(call, call.roster, template.tasks[0].role)]
    if template.state == "paused":
        parts.append(call.texts.text("task.is_paused"))
    return (Strong(title), DOT + DOT.join(part for part in parts if part))
