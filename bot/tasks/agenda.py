"""What a span of days holds: what is open or settled in it, and what its templates will open, by local day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.civil import instant
from bot.tasks.checklist import Item
from bot.tasks.deadline import deadline_of
from bot.tasks.opening import moments_of
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.ports import Tx
    from bot.tasks.task import Template
    from bot.teams.roster import Roster

_DAILY = frozenset({"daily", "several_a_day"})
_MONTHS = 12


def week_of(day: date) -> tuple[date, date]:
    """The Monday of its week, and the next one."""
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=7)


def month_of(day: date) -> tuple[date, date]:
    """The first of its month, and the first of the next one."""
    return day.replace(day=1), date(day.year + day.month // _MONTHS, day.month % _MONTHS + 1, 1)


def items_within(tx: Tx, roster: Roster, span: tuple[date, date], *, daily: bool = True) -> Sequence[Item]:
    """The items of [first, last) of `span`: those that exist, then those to come, which have no id yet.

    `daily` False leaves out what comes every day.
    """
    team, today = roster.team, roster.team.today(tx.now)
    templates = [one for one in tx.templates.all(team.id) if daily or one.cadence not in _DAILY]
    every_day = set() if daily else _keys(tx, roster)
    begins, _ = day_bounds(team, span[0])
    ends, _ = day_bounds(team, span[1])
    there = [item for item in tx.items.between(team.id, begins, ends) if item.task.key not in every_day]
    known = {(item.task.key, item.start) for item in there}
    days = [today + timedelta(days=gap) for gap in range(1, (span[1] - today).days)]
    new = (item for day in days for template in templates for item in _opening(roster, template, day))
    return [*there, *(item for item in new if (item.task.key, item.start) not in known)]


def _keys(tx: Tx, roster: Roster) -> set[str]:
    """The keys of the tasks that come every day."""
    templates = tx.templates.all(roster.team.id)
    return {task.key for template in templates if template.cadence in _DAILY for task in template.tasks}


def _opening(roster: Roster, template: Template, day: date) -> Iterable[Item]:
    team = roster.team
    if template.state != "active":
        return
    for nominal in moments_of(template, team, day):
        until = deadline_of(template.deadline, nominal, team.calendar) if template.deadline else None
        for task in template.tasks:
            holder = roster.holder(task.role)
            yield Item(
                team.id, "", "", task, instant(nominal, team.tz), instant(until, team.tz) if until else None,
                template.closing, holder.id if holder else None,
            )  # fmt: skip


def by_day(roster: Roster, items: Iterable[Item], now: datetime) -> dict[date, list[Item]]:
    """Items under the local day of their start; what began earlier and is still open stands under today."""
    team, today = roster.team, roster.team.today(now)
    days: dict[date, list[Item]] = {}
    for item in sorted(items, key=lambda item: item.start):
        days.setdefault(max(team.today(item.start), today), []).append(item)
    return dict(sorted(days.items()))
