"""Start a local day: close the items that are over by their policy, then open the day's runs with their items."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.civil import instant
from bot.engine.rhythm import Once, next_nominal, nominals
from bot.ids import new_id
from bot.record.audit import Author
from bot.tasks.change import change_quietly
from bot.tasks.checklist import Item, Run, State
from bot.tasks.closing import is_dropped
from bot.tasks.deadline import deadline_of
from bot.tasks.reminding import remind_before_deadline, remind_later
from bot.tasks.today import items_of
from bot.tasks.urgent import begin
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from bot.ports import Tx
    from bot.tasks.task import Task, Template
    from bot.teams.roster import Roster
    from bot.teams.team import Team


def open_day(tx: Tx, roster: Roster, day: date) -> list[Item]:
    """Close the items that are over, then open the runs of the team's templates on a local day; return their items.

    Idempotent. A day that is opened late, after a stop, is opened as it would have been then.
    """
    due = _list_moments(tx, roster, day)
    snoozed = close_over(tx, roster, day, {task.key for template, _ in due for task in template.tasks})
    items = _open_runs(tx, roster, due)
    _keep_snoozes(tx, snoozed, items)
    return items


def _keep_snoozes(tx: Tx, snoozed: Sequence[Item], items: Sequence[Item]) -> None:
    """Let the new items of snoozed ones be snoozed to the same moments, for the same holders."""
    for former in snoozed:
        new = next((item for item in items if item.task.key == former.task.key), None)
        if new is not None and new.holder is not None and new.holder == former.holder:
            after = new._replace(later_at=former.later_at, snoozes=former.snoozes)
            change_quietly(tx, Author(), new, after, "snooze")
            remind_later(tx, after, new.holder)


def next_day(tx: Tx, roster: Roster, key: str, until: date) -> date | None:
    """Return the next local day, tomorrow at the earliest and `until` at the latest, on which a task comes again."""
    tonight = datetime.combine(roster.team.today(tx.now), time.max)
    rhythms = [
        template.rhythm
        for template in tx.templates.all(roster.team.id)
        if template.state == "active" and any(task.key == key for task in template.tasks)
    ]
    moments = (next_nominal(rhythm, roster.team.calendar, tonight) for rhythm in rhythms if rhythm is not None)
    return min((at.date() for at in moments if at is not None and at.date() <= until), default=None)


def open_single_moments(tx: Tx, roster: Roster, day: date) -> list[Item]:
    """Open the one-off tasks of a day that is long over; return their items."""
    moments = _list_moments(tx, roster, day)
    return _open_runs(
        tx,
        roster,
        [(template, at) for template, at in moments if template.rhythm and isinstance(template.rhythm.rule, Once)],
    )


def _list_moments(tx: Tx, roster: Roster, day: date) -> list[tuple[Template, datetime]]:
    active = [template for template in tx.templates.all(roster.team.id) if template.state == "active"]
    return [(template, nominal) for template in active for nominal in moments_of(template, roster.team, day)]


def _open_runs(tx: Tx, roster: Roster, due: Sequence[tuple[Template, datetime]]) -> list[Item]:
    ordered = sorted(due, key=lambda opening: _deadline_key(roster.team, *opening))
    return [item for template, nominal in ordered for item in open_run(tx, roster, template, nominal)]


def _deadline_key(team: Team, template: Template, nominal: datetime) -> tuple[bool, datetime]:
    """Return the sort key by deadline: where the day's cap leaves out reminders, the earliest deadlines keep theirs."""
    until = deadline_of(template.deadline, nominal, team.calendar) if template.deadline else None
    return until is None, until or nominal


def moments_of(template: Template, team: Team, day: date) -> Iterator[datetime]:
    """Yield the nominal local moments of a template on one local date."""
    if template.rhythm is None:
        return
    for nominal in nominals(template.rhythm, team.calendar, datetime.combine(day, time.min) - timedelta(minutes=1)):
        if nominal.date() > day:
            return
        yield nominal


def open_run(tx: Tx, roster: Roster, template: Template, nominal: datetime) -> list[Item]:
    """Open one run of a template; return its items, none when this occurrence is open already."""
    run = Run(roster.team.id, new_id(tx.now), template.id, template.version, nominal, tx.now)
    items = [
        build_item(roster, template, task, nominal)._replace(id=new_id(tx.now), run=run.id) for task in template.tasks
    ]
    if not tx.items.open_run(run, items):
        return []
    for item in items:
        remind_before_deadline(tx, roster.team, item)
        if item.task.urgent_when_late:
            begin(tx, roster, item)
    return items


def deadline_instant(template: Template, team: Team, nominal: datetime) -> datetime | None:
    """Return the deadline (UTC) of a run that starts at a nominal local moment; None for a template without one."""
    until = deadline_of(template.deadline, nominal, team.calendar) if template.deadline else None
    return instant(until, team.tz) if until else None


def build_item(roster: Roster, template: Template, task: Task, nominal: datetime) -> Item:
    """Build the open item of a task at a nominal local moment, without the ids that storing gives it."""
    team = roster.team
    holder = roster.holder(task.role)
    return Item(
        team=team.id,
        id="",
        run="",
        task=task,
        start=instant(nominal, team.tz),
        deadline=deadline_instant(template, team, nominal),
        closing=template.closing,
        holder=holder.id if holder else None,
    )


def close_over(tx: Tx, roster: Roster, day: date, opening: set[str]) -> list[Item]:
    """Drop the open items of earlier days whose policy says so; return those that were snoozed to `day` or later.

    An item that is carried or snoozed gives way to its task's new run: a task has one run a day. `opening` holds the
    keys of the tasks that open on `day`.
    """
    day_start, _ = day_bounds(roster.team, day)
    snoozed: list[Item] = []
    for item in items_of(tx, roster.team, day):
        is_snoozed = item.later_at is not None and item.later_at >= day_start
        if not item.is_open or item.start >= day_start or (is_snoozed and item.task.key not in opening):
            continue
        dropped = item._replace(state=State.DROPPED, closed_at=tx.now)
        if not is_snoozed and is_dropped(item, tx.catalogue, roster.team, day):
            change_quietly(tx, Author(), item, dropped, "drop")
        elif item.task.key in opening:
            change_quietly(tx, Author(), item, dropped, "renew")
            snoozed += [item] if is_snoozed else []
    return snoozed
