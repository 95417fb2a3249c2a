"""Draw the catalogue's tasks, and one of them in full (text, moments, deadline, holder)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never, get_args

from bot.catalogue.schema import Cadence
from bot.message import Button, Message, Strong, Text, plain
from bot.pages import page
from bot.record.undo import undo_button
from bot.registry import command_line
from bot.tasks.cards.item import DOT
from bot.tasks.cards.task import write_holder, write_rhythm
from bot.tasks.deadline import OnWeekday, OnWorkingDay, SameDay, Within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.call import Call
    from bot.catalogue.schema import Task
    from bot.message import Block, Line
    from bot.tasks.deadline import Deadline
    from bot.tasks.task import Template

CADENCES: tuple[Cadence, ...] = get_args(Cadence)


def _say_button(call: Call, verb: str, template: Template) -> Button:
    """Build the button that types a verb of the `checklist` command for a template."""
    line = command_line(call.texts.language, "checklist", template.key, verb=verb)
    return Button(call.texts.text(f"button.{verb}"), "say", line)


def listing(call: Call, templates: Mapping[str, Template], selected: Cadence | None, number: int) -> Message:
    """Draw the catalogue's tasks under their cadences: active (✓), paused (–) or available (○)."""
    title = call.line("checklist.title")
    lines: list[Block] = []
    for cadence in CADENCES if selected is None else (selected,):
        lines.append(Text(call.line(f"cadence.{cadence}"), "note"))
        lines += [Text(_draw_line(call, task, templates)) for task in call.catalogue.by_cadence(cadence)]
    words = call.texts.text(f"cadence.{selected}").lower() if selected else ""
    again = command_line(call.texts.language, "checklist", words, verb="list")
    shown = page(call.texts, lines, number, again)
    return Message((Text(title, "title"), *shown, Text(call.line("checklist.marks"), "note")), plain(title))


def _draw_line(call: Call, task: Task, templates: Mapping[str, Template]) -> Line:
    template = templates.get(task.id)
    mark = "○" if template is None else "✓" if template.state == "active" else "–"
    title = f"{mark} {task.title.of(call.texts.language)}"
    active = template is not None and template.state == "active" and template.rhythm is not None
    return (title, f"{DOT}{write_rhythm(call, template)}") if active and template else (title,)


def draw_task(call: Call, template: Template, entry: Task | None, *, had: bool) -> Message:
    """Draw one task in full, with the buttons that change it. `had`: the team has it."""
    texts, task = call.texts, template.tasks[0]
    head: Line = (Strong(task.title.say(texts.language)),)
    blocks: list[Block] = [Text(head, "title")]
    if text := task.text.say(texts.language):
        blocks.append(Text((text,)))
    blocks.append(Text(call.line("checklist.when", when=write_rhythm(call, template, coming=had))))
    if template.deadline is not None:
        blocks.append(Text(call.line("checklist.before", deadline=_write_deadline(call, template.deadline))))
    blocks.append(Text(call.line("checklist.who", who=write_holder(call, call.roster, task.role))))
    if task.minutes:
        blocks.append(Text(call.line("checklist.minutes", count=task.minutes), "note"))
    return Message((*blocks, *_build_buttons(call, template, entry, had=had)), plain(head))


def _build_buttons(call: Call, template: Template, entry: Task | None, *, had: bool) -> list[Button]:
    active = had and template.state == "active"
    buttons = []
    if entry is not None and template.rhythm is not None:
        buttons.append(_say_button(call, "disable" if active else "enable", template))
    return [*buttons, _say_button(call, "start", template)]


def _write_deadline(call: Call, deadline: Deadline) -> str:
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


def draw_change(call: Call, template: Template, key: str) -> Message:
    """Draw the confirmation of a change to a task of the catalogue."""
    task = template.tasks[0]
    line = call.line(
        key,
        title=task.title,
        when=write_rhythm(call, template, coming=True),
        who=write_holder(call, call.roster, task.role),
    )
    return Message((Text(line), undo_button(call), _say_button(call, "show", template)), plain(line))
