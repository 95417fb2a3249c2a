"""Change a team's templates, its own and those of the catalogue: add, revise, pause, start, remove."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.civil import instant
from bot.engine.rhythm import Closed, Daily, Once, Rhythm, Weekly, WorkingDays
from bot.engine.scheduling import schedule_team
from bot.grammar.spelling import fold
from bot.i18n import Words
from bot.tasks.change import Facts, change
from bot.tasks.change import record as record_item
from bot.tasks.checklist import State
from bot.tasks.deadline import Within
from bot.tasks.opening import deadline_instant, moments_of, open_run
from bot.tasks.reminding import remind_before_deadline
from bot.tasks.task import Task, Template
from bot.tasks.today import items_of
from bot.teams.role import person_of, personal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.call import Call
    from bot.grammar.when import Moment
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.tasks.deadline import Deadline

LONGEST_KEY = 32
"""Characters of a key made of a title."""
FOR_WORD = Words("pour", "for")
"""Word before the person's name in a line of the `task` command."""
TemplateState = Literal["active", "paused", "removed"]
STATES: dict[TemplateState, str] = {
    "active": "resume",
    "paused": "pause",
    "removed": "remove",
}
"""Acts of the record that lead to a state."""


def timing(call: Call, when: Rhythm | Moment) -> tuple[Rhythm, Deadline | None]:
    """Return the rhythm and deadline of a moment. The end of a delay is a deadline: the task is open from now on."""
    if isinstance(when, Rhythm):
        return when, None
    if when.kind == "at":
        return _build_once(when.local), None
    begins = call.team.local(call.now).replace(second=0, microsecond=0)
    return _build_once(begins), Within(int((when.local - begins).total_seconds()) // 60)


def _build_once(local: datetime) -> Rhythm:
    return Rhythm(Once(local.date()), (local.time(),), Closed.KEEP)


def cadence_of(rhythm: Rhythm) -> str:
    """Return the cadence under which a team's own task is listed."""
    match rhythm.rule:
        case Daily() | WorkingDays():
            return "several_a_day" if len(rhythm.times) > 1 else "daily"
        case Weekly():
            return "weekly"
        case Once():
            return "occasional"
        case _:
            return "monthly"


def own_task(key: str, title: str, role: str, link: str = "") -> Task:
    """Build a task with the team's words, the same in both languages. `link` is the message that it is about."""
    words = Words(title, title)
    return Task(key, words, words, role, link=link)


def free_key(call: Call, tx: Tx, title: str) -> str:
    """Make a permanent key of a title, unlike any other template's, the catalogue's and the nudges'."""
    slug = "-".join(re.findall(r"[a-z0-9]+", fold(title)))[:LONGEST_KEY].strip("-") or "task"
    taken = {*call.registry.nudges, *call.catalogue.tasks}
    key, number = slug, 1
    while key in taken or tx.templates.keyed(call.team.id, key) is not None:
        number += 1
        key = f"{slug[: LONGEST_KEY - len(str(number)) - 1].strip('-')}-{number}"
    return key


def add(call: Call, tx: Tx, template: Template) -> None:
    """Store a new template, schedule it, and open the runs that it still has today."""
    tx.templates.add(template)
    record(call, tx, "add", template, ({}, facts(template)))
    reschedule(call, tx)
    open_rest_of_day(call, tx, template)


def revise(call: Call, tx: Tx, before: Template, after: Template) -> None:
    """Store the next version, for runs to come and for items that have not started today."""
    tx.templates.revise(after)
    record(call, tx, "edit", after, (facts(before), facts(after)))
    reschedule(call, tx)
    if (before.rhythm, before.deadline) != (after.rhythm, after.deadline):
        _move_today(call, tx, after)
    if before.tasks[0].role != after.tasks[0].role:
        _hand_over(call, tx, after)


def set_state(call: Call, tx: Tx, template: Template, state: TemplateState) -> None:
    """Pause, resume or remove a template. Its open items stay open, unless it is removed."""
    tx.templates.set_state(call.team.id, template.id, state)
    record(call, tx, STATES[state], template, ({"state": template.state}, {"state": state}))
    reschedule(call, tx)
    if state == "active":
        open_rest_of_day(call, tx, replace(template, state="active"))
    if state == "removed":
        for item in open_items(call, tx, template):
            _drop_item(call, tx, item)


def reschedule(call: Call, tx: Tx) -> None:
    """Derive the team's schedules again."""
    schedule_team(tx, call.team, call.registry, call.catalogue.defaults)


def open_items(call: Call, tx: Tx, template: Template) -> list[Item]:
    """Return the open items of a template today, by start."""
    keys = {task.key for task in template.tasks}
    return [item for item in items_of(tx, call.team, call.today) if item.is_open and item.task.key in keys]


def open_rest_of_day(call: Call, tx: Tx, template: Template) -> list[Item]:
    """Open the runs of today from the current minute on."""
    now = call.team.local(call.now).replace(second=0, microsecond=0)
    due = [nominal for nominal in moments_of(template, call.team, call.today) if nominal >= now]
    return [item for nominal in due for item in _open_run(call, tx, template, nominal)]


def _open_run(call: Call, tx: Tx, template: Template, nominal: datetime) -> list[Item]:
    """Open a run as part of a change of its template: a line of the record for each item, so that it can be undone."""
    items = open_run(tx, call.roster, template, nominal)
    for item in items:
        record_item(tx, call.author(), "open", item)
    return items


def open_now(call: Call, tx: Tx, template: Template) -> list[Item]:
    """Open a run at once; a second one within a minute takes the next minute as its nominal time."""
    nominal = call.team.local(call.now).replace(second=0, microsecond=0)
    while not (items := open_run(tx, call.roster, template, nominal)):
        nominal += timedelta(minutes=1)
    record(call, tx, "start", template, ({}, {"holder": items[0].holder}))
    for item in items:
        record_item(tx, call.author(), "open", item)
    return items


def _move_today(call: Call, tx: Tx, template: Template) -> None:
    """Move the items that have not started to today's new moments, in order; drop the surplus, open the missing.

    An item of a moment that is past by now stays where it is: its day does not go without it.
    """
    keys = {task.key for task in template.tasks}
    today = [item for item in items_of(tx, call.team, call.today) if item.task.key in keys]
    waiting = [item for item in today if item.is_open and item.start > tx.now]
    moments = [*moments_of(template, call.team, call.today)]
    coming = [moment for moment in moments if instant(moment, call.team.tz) > tx.now]
    started_count = sum(item.start <= tx.now for item in today)
    waiting = waiting[max(0, len(moments) - len(coming) - started_count) :]
    for item, nominal in zip(waiting, coming, strict=False):
        _move_item(call, tx, item, template, nominal)
    for item in waiting[len(coming) :]:
        _drop_item(call, tx, item)
    for nominal in coming[len(waiting) :]:
        _open_run(call, tx, template, nominal)


def _move_item(call: Call, tx: Tx, item: Item, template: Template, nominal: datetime) -> None:
    team = call.team
    deadline = deadline_instant(template, team, nominal)
    moved_item = item._replace(start=instant(nominal, team.tz), deadline=deadline)
    change(tx, call.author(), item, moved_item, "move")
    remind_before_deadline(tx, team, moved_item)


def _drop_item(call: Call, tx: Tx, item: Item) -> None:
    change(tx, call.author(), item, item._replace(state=State.DROPPED, closed_at=tx.now), "drop")


def _hand_over(call: Call, tx: Tx, template: Template) -> None:
    """Assign the open items to the holder of the new role."""
    holder = call.roster.holder(template.tasks[0].role)
    for item in open_items(call, tx, template):
        if holder is not None and item.holder != holder.id:
            change(tx, call.author(), item, item._replace(holder=holder.id), "assign")


def facts(template: Template) -> Facts:
    """Return the facts of a version for the record: number, role, state. Titles are free text and stay out of it."""
    return {"version": str(template.version), "role": template.tasks[0].role, "state": template.state}


def record(call: Call, tx: Tx, act: str, template: Template, changes: tuple[Facts, Facts]) -> None:
    """Write the record's line of a change to a template; `changes` is its facts (before, after)."""
    entry = call.entry(tx, act, "template", template.id)
    tx.audit.write(replace(entry, behalf=_find_behalf(call, template), before=changes[0], after=changes[1]))


def _find_behalf(call: Call, template: Template) -> str | None:
    person = person_of(template.tasks[0].role)
    return person if person != call.me.id else None


def seen_by(member: str, template: Template) -> bool:
    """Tell whether a member may know of a template: a private reminder is for its own person alone."""
    task = template.tasks[0]
    return not task.private or task.role == personal(member)


def names(template: Template) -> Sequence[str]:
    """Return every name of a template: key, titles, short titles and aliases."""
    return [
        template.key,
        *(name for task in template.tasks
          for name in (task.title.fr, task.title.en, task.short.fr, task.short.en, *task.names)),
    ]  # fmt: skip
