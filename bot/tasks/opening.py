"""Begin a local day: close what is over by its policy, and open the day's runs with their items."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.civil import instant
from bot.engine.rhythm import nominals
from bot.ids import new_id
from bot.tasks.change import Author, change_quietly
from bot.tasks.checklist import Item, Run, State
from bot.tasks.deadline import deadline_of
from bot.tasks.reminding import remind_before_deadline
from bot.tasks.task import Closing
from bot.tasks.today import items_of
from bot.tasks.urgent import begin
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.ports import Tx
    from bot.tasks.task import Task, Template
    from bot.teams.roster import Roster
    from bot.teams.team import Team


LOOK_BACK = 40
"""Days of a stop that are looked at for what began then: more than a month."""


def open_day(tx: Tx, roster: Roster, day: date) -> None:
    """Close what is over, then open what the team's templates have on that day. Doing it twice changes nothing.

    After days on which nothing could open (a stop), what began then and is not over opens as well.
    """
    active = [template for template in tx.templates.all(roster.team.id) if template.state == "active"]
    due = [(template, nominal) for template in active for nominal in moments_of(template, roster.team, day)]
    last = tx.items.last_opened(roster.team.id)
    if last is not None and roster.team.today(last) < day - timedelta(days=1):
        since = roster.team.today(last)
        for template in active:
            due += [(template, nominal) for nominal in _find_unfinished(roster.team, template, since, day)]
    close_over(tx, roster, day, {task.key for template, _ in due for task in template.tasks})
    for template, nominal in sorted(due, key=lambda pair: _rank_by_deadline(roster.team, *pair)):
        open_run(tx, roster, template, nominal)


def _rank_by_deadline(team: Team, template: Template, nominal: datetime) -> tuple[bool, datetime]:
    """Rank by deadline: where a person cannot be reminded of everything, it is of what comes first."""
    until = deadline_of(template.deadline, nominal, team.calendar) if template.deadline else None
    return until is None, until or nominal


def _find_unfinished(team: Team, template: Template, since: date, day: date) -> Iterator[datetime]:
    """Yield the newest moment of a template since the last opening, if its deadline is still ahead."""
    if template.rhythm is None or template.deadline is None:
        return
    missed = [
        nominal
        for gap in range(1, min((day - since).days, LOOK_BACK))
        for nominal in moments_of(template, team, since + timedelta(days=gap))
    ]
    if missed and deadline_of(template.deadline, missed[-1], team.calendar).date() >= day:
        yield missed[-1]


def moments_of(template: Template, team: Team, day: date) -> Iterator[datetime]:
    """Yield the nominal local moments of a template on one local date."""
    if template.rhythm is None:
        return
    for nominal in nominals(template.rhythm, team.calendar, datetime.combine(day, time.min) - timedelta(minutes=1)):
        if nominal.date() > day:
            return
        yield nominal


def open_run(tx: Tx, roster: Roster, template: Template, nominal: datetime) -> list[Item]:
    """Open one run of a template; an occurrence that is open already gives no items."""
    run = Run(roster.team.id, new_id(tx.now), template.id, template.version, nominal, tx.now)
    items = [_build_item(tx, roster, template, run, task) for task in template.tasks]
    if not tx.items.open_run(run, items):
        return []
    for item in items:
        remind_before_deadline(tx, roster.team, item)
        if item.task.urgent_when_late:
            begin(tx, roster, item)
    return items


def _build_item(tx: Tx, roster: Roster, template: Template, run: Run, task: Task) -> Item:
    team = roster.team
    until = deadline_of(template.deadline, run.nominal, team.calendar) if template.deadline else None
    holder = roster.holder(task.role)
    return Item(
        team=team.id,
        id=new_id(tx.now),
        run=run.id,
        task=task,
        start=instant(run.nominal, team.tz),
        deadline=instant(until, team.tz) if until else None,
        closing=template.closing,
        holder=holder.id if holder else None,
    )


def close_over(tx: Tx, roster: Roster, day: date, opening: set[str]) -> None:
    """Drop the open items of earlier days whose policy says so; one that is carried gives way to its task's new run."""
    begins, _ = day_bounds(roster.team, day)
    for item in items_of(tx, roster.team, day):
        put_off = item.later_at is not None and item.later_at >= begins
        if not item.is_open or item.start >= begins or put_off:
            continue
        gone = item._replace(state=State.DROPPED, closed_at=tx.now)
        if _ends_by_itself(tx, roster.team, item, day) and (item.deadline is None or item.deadline < begins):
            change_quietly(tx, Author(), item, gone, "drop")
        elif item.task.key in opening:
            change_quietly(tx, Author(), item, gone, "renew")


def _ends_by_itself(tx: Tx, team: Team, item: Item, day: date) -> bool:
    """Return True if an open item of an earlier day is dropped, by its policy or the catalogue's limit."""
    if item.closing is not Closing.CARRY:
        return item.closing is Closing.DROP
    entry = tx.catalogue(team.id).tasks.get(item.task.key)
    if entry is None or entry.carry_until is None:
        return False
    began = team.today(item.start)
    return day > began + timedelta(days=(entry.carry_until - began.isoweekday()) % 7)
