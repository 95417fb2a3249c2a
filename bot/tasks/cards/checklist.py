"""The tasks of the trade: what the team has of the catalogue, and one of them in full (what, how, when, who)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never, get_args

from bot.catalogue.schema import Cadence
from bot.message import Button, Message, Strong, Text, plain
from bot.pages import page
from bot.tasks.cards.item import DOT
from bot.tasks.cards.task import holder, when
from bot.tasks.deadline import OnWeekday, OnWorkingDay, SameDay, Within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.call import Call
    from bot.catalogue.schema import Task
    from bot.message import Block, Line
    from bot.tasks.deadline import Deadline
    from bot.tasks.task import Template

CADENCES: tuple[Cadence, ...] = get_args(Cadence)


def verb(call: Call, french: str, english: str) -> str:
    """A line of the `checklist` command in the asker's language."""
    return f"checklist {french}" if call.texts.language == "fr" else f"checklist {english}"


def listing(call: Call, templates: Mapping[str, Template], wanted: Cadence | None, number: int) -> Message:
    """Every task of the catalogue under its cadence: what the team has (✓), paused (–) or could take (○)."""
    title = call.line("checklist.title")
    lines: list[Block] = []
    for cadence in CADENCES if wanted is None else (wanted,):
        lines.append(Text(call.line(f"cadence.{cadence}"), "note"))
        lines += [Text(_line(call, task, templates)) for task in call.catalogue.by_cadence(cadence)]
    again = verb(call, "lister", "list") + (f" {call.texts.text(f'cadence.{wanted}').lower()}" if wanted else "")
    shown = page(call.texts, lines, number, again)
    return Message((Text(title, "title"), *shown, Text(call.line("checklist.marks"), "note")), plain(title))


def _line(call: Call, task: Task, templates: Mapping[str, Template]) -> Line:
    template = templates.get(task.id)
    mark = "○" if template is None else "✓" if template.state == "active" else "–"
    said = f"{mark} {task.title.of(call.texts.language)}"
    active = template is not None and template.state == "active" and template.rhythm is not None
    return (said, f"{DOT}{when(call, template)}") if active and template else (said,)


def one(call: Call, template: Template, entry: Task | None, *, had: bool) -> Message:
    """What it is and how, when, who, where it comes up; and what can be done about it."""
    texts, task = call.texts, template.tasks[0]
    head: Line = (Strong(task.title.say(texts.language)),)
    blocks: list[Block] = [Text(head, "title")]
    if text := task.text.say(texts.language):
        blocks.append(Text((text,)))
    blocks.append(Text(call.line("checklist.when", when=when(call, template, coming=had))))
    if template.deadline is not None:
        blocks.append(Text(call.line("checklist.before", deadline=_deadline(call, template.deadline))))
    blocks.append(Text(call.line("checklist.who", who=holder(call, call.roster, task.role))))
    if task.minutes:
        blocks.append(Text(call.line("checklist.minutes", count=task.minutes), "note"))
    return Message((*blocks, *_buttons(call, template, entry, had=had)), plain(head))


def _buttons(call: Call, template: Template, entry: Task | None, *, had: bool) -> list[Button]:
    active = had and template.state == "active"
    found = []
    if entry is not None and template.rhythm is not None:
        key, line = ("disable", ("désactiver", "disable")) if active else ("enable", ("activer", "enable"))
        found.append(Button(call.texts.text(f"button.{key}"), "say", f"{verb(call, *line)} {template.key}"))
    start = f"{verb(call, 'lancer', 'start')} {template.key}"
    return [*found, Button(call.texts.text("button.start"), "say", start)]


def _deadline(call: Call, deadline: Deadline) -> str:
    texts = call.texts
    match deadline:
        case SameDay():
            return texts.text("deadline.same_day", at=deadline.at)
        case OnWeekday():
            day = call.today + timedelta(days=deadline.day - call.today.isoweekday())
            return texts.text("deadline.weekday", day=day, at=deadline.at)
        case OnWorkingDay():
            return texts.text("deadline.working_day", count=deadline.nth, at=deadline.at)
        case Within():
            return texts.text("deadline.within", count=deadline.minutes)
        case _:
            assert_never(deadline)


def said(call: Call, template: Template, key: str) -> Message:
    """What became of a task of the catalogue."""
    task = template.tasks[0]
    line = call.line(
        key, title=task.title, when=when(call, template, coming=True), who=holder(call, call.roster, task.role)
    )
    show = Button(call.texts.text("button.show"), "say", f"{verb(call, 'voir', 'show')} {template.key}")
    return Message((Text(line), show), plain(line))
