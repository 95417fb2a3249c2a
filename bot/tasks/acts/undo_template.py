"""Undo changes of templates: added, edited, paused, resumed, removed, started."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.record.undo import write_undo
from bot.registry import telling, undo
from bot.tasks import templates
from bot.tasks.cards.task import list_differences, write_holder, write_rhythm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.record.audit import Entry
    from bot.tasks.task import Template


@undo("template")
def restore_template(call: Call, tx: Tx, line: Entry) -> Line | None:
    """Give a template the state and the content that it had, as its next version; remove one that was added.

    Items are restored by lines of their own.
    """
    template = tx.templates.get(call.team.id, line.subject_id)
    if template is None or not _is_as_recorded(tx, template, line):
        return None
    restored = _restore(tx, template, line)
    write_undo(call, tx, line)
    templates.reschedule(call, tx)
    title = restored.tasks[0].title
    if line.act in ("add", "start"):
        return call.line(f"undo.template.{line.act}", title=title)
    holder_name = write_holder(call, call.roster, restored.tasks[0].role)
    key = "undo.template.paused" if restored.state == "paused" else "undo.template"
    if restored.state == "removed":
        key = "undo.template.add"
    return call.line(key, title=title, who=holder_name, when=write_rhythm(call, restored, coming=True))


def _is_as_recorded(tx: Tx, template: Template, line: Entry) -> bool:
    """Tell whether a template has the state and the content of a line of the record, at whatever version."""
    state, version = line.after.get("state"), line.after.get("version")
    if state is not None and state != template.state:
        return False
    recorded = tx.templates.get(template.team, template.id, int(version)) if version else template
    return recorded is not None and _strip_version(recorded) == _strip_version(template)


def _strip_version(template: Template) -> Template:
    return replace(template, version=0, state="active")


def _restore(tx: Tx, template: Template, line: Entry) -> Template:
    if line.act == "start":
        return template
    former = replace(template, state=_read_state(line))
    version = line.before.get("version")
    recorded = tx.templates.get(template.team, template.id, int(version)) if version else None
    if recorded is not None and _strip_version(recorded) != _strip_version(template):
        former = replace(recorded, version=template.version + 1, state=former.state)
        tx.templates.revise(former)
    else:
        tx.templates.set_state(template.team, template.id, former.state)
    return former


def _read_state(line: Entry) -> templates.TemplateState:
    """Return the state before a line; an added template was not there."""
    return next((state for state in templates.STATES if state == line.before.get("state")), "removed")


@telling("template")
def tell_template(call: Call, tx: Tx, lines: Sequence[Entry]) -> Mapping[str, object]:
    """Name the task; of an edit, say its former and its new title, rhythm and holder, where they differ."""
    line = lines[0]
    before, after = (_load_version(call, tx, line.subject_id, facts) for facts in (line.before, lines[-1].after))
    if after is None:
        return {}
    differences = list_differences(call, before, after) if before and line.act in ("edit", "undo") else []
    was, now = (", ".join(pair[place] for pair in differences) for place in (0, 1))
    change = call.texts.text("history.change", was=was, now=now) if differences else ""
    return {"title": (before or after).tasks[0].title, "change": change}


def _load_version(call: Call, tx: Tx, template: str, facts: Mapping[str, str | None]) -> Template | None:
    """Return a template at the version of the facts, else at its current one."""
    version = facts.get("version")
    return tx.templates.get(call.team.id, template, int(version) if version else None)
