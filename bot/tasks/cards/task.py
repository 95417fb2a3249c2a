"""Draw the team's own tasks: rhythm, next dates and holder."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.engine.rhythm import Once, nominals
from bot.grammar.places import on_clock
from bot.grammar.when import say_delay, say_moment, say_rhythm, say_rhythm_with_next
from bot.message import Button, Link, Message, Strong, Text, plain
from bot.pages import page
from bot.record.undo import undo_button
from bot.registry import command_line
from bot.tasks.cards.item import DOT
from bot.tasks.deadline import deadline_of
from bot.teams.role import person_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Block, Line
    from bot.tasks.task import Template
    from bot.teams.roster import Roster


def write_holder(call: Call, roster: Roster, role: str) -> str:
    """Write « Karim », or « Animation de la communauté (Karim) » for a role."""
    member = roster.holder(role)
    name = member.name if member else ""
    if person_of(role) is not None:
        return name
    entry = call.catalogue.roles.get(role)
    title = entry.title.of(call.texts.language) if entry else role
    if entry is not None and entry.kind != "holder":
        return title
    return f"{title} ({name})" if name else title


def write_rhythm(call: Call, template: Template, *, coming: bool = False) -> str:
    """Write the rhythm in words, or the one moment; `coming` adds the next two dates."""
    language, now = call.texts.language, call.team.local(call.now)
    rhythm = template.rhythm
    if rhythm is None:
        return call.texts.text("task.on_demand")
    if isinstance(rhythm.rule, Once):
        return _write_moment(call, template, now)
    if coming:
        return say_rhythm_with_next(rhythm, call.team.calendar, now, language)
    return say_rhythm(rhythm, language)


def _write_moment(call: Call, template: Template, now: datetime) -> str:
    begins = _compute_start(call, template)
    if template.deadline is None:
        return say_moment(begins, call.texts.language, now_local=now)
    return say_delay(deadline_of(template.deadline, begins, call.team.calendar), call.texts.language, now_local=now)


def _compute_start(call: Call, template: Template) -> datetime:
    assert template.rhythm is not None
    assert isinstance(template.rhythm.rule, Once)
    before = datetime.combine(template.rhythm.rule.on, time.min) - timedelta(minutes=1)
    return next(nominals(template.rhythm, call.team.calendar, before))


def draw_change(call: Call, before: Template | None, template: Template, key: str) -> Message:
    """Draw the confirmation of a change to a task: as it is now, as it was, and the button that takes it back."""
    title, holder_name = template.tasks[0].title, write_holder(call, call.roster, template.tasks[0].role)
    moment = on_clock(write_rhythm(call, template, coming=True), call.team.tz, [call.tz], call.now, call.texts.language)
    line = call.line(key, title=title, who=holder_name, when=moment)
    was = [old for old, _ in list_differences(call, before, template)] if before else []
    if was:
        line = (*line, *call.line("change.was", was=", ".join(was)))
    address = template.tasks[0].link
    links = [Link(call.texts.text("button.open"), address)] if address else []
    return Message((Text(line), undo_button(call), *links), plain(line))


def list_differences(call: Call, before: Template, after: Template) -> list[tuple[str, str]]:
    """Return (before, after) in words for each of title, rhythm and holder that differs."""
    pairs = [
        (write(before), write(after))
        for write in (
            lambda template: template.tasks[0].title.say(call.texts.language),
            lambda template: write_rhythm(call, template),
            lambda template: write_holder(call, call.roster, template.tasks[0].role),
        )
    ]
    return [(old, new) for old, new in pairs if old != new]


def listing(call: Call, templates: Sequence[Template], reminders: Sequence[Template], number: int) -> Message:
    """Draw the team's own tasks with their rhythms, then the asker's reminders; the catalogue has a list of its own."""
    catalogue = command_line(call.texts.language, "checklist")
    title = call.line("task.list" if templates else "task.none", count=len(templates))
    lines: list[Block] = [Text(_draw_line(call, template)) for template in templates]
    if reminders:
        lines.append(Text(call.line("task.reminders", count=len(reminders)), "note"))
        lines += [Text(_draw_line(call, template)) for template in reminders]
    shown = page(call.texts, lines, number, command_line(call.texts.language, "task", verb="list"))
    button = Button(call.texts.text("button.catalogue"), "say", catalogue)
    return Message((Text(title, "title" if templates else "plain"), *shown, button), plain(title))


def _draw_line(call: Call, template: Template) -> Line:
    title = template.tasks[0].title.say(call.texts.language)
    parts = [write_rhythm(call, template), write_holder(call, call.roster, template.tasks[0].role)]
    if template.state == "paused":
        parts.append(call.texts.text("task.is_paused"))
    return (Strong(title), DOT + DOT.join(part for part in parts if part))
