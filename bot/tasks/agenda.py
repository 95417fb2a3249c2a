"""Collect the items of a span of local days: those stored, and those that the templates will open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.tasks.opening import build_item, moments_of
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.tasks.task import Template
    from bot.teams.roster import Roster

_DAILY_CADENCES = frozenset({"daily", "several_a_day"})
_MONTHS_A_YEAR = 12


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday of a day's week and the next Monday."""
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=7)


def month_of(day: date) -> tuple[date, date]:
    """Return the first day of a day's month and the first of the next month."""
    return day.replace(day=1), date(day.year + day.month // _MONTHS_A_YEAR, day.month % _MONTHS_A_YEAR + 1, 1)


def items_within(tx: Tx, roster: Roster, span: tuple[date, date], *, daily: bool = True) -> Sequence[Item]:
    """Return the items of `span`, [first, last) in local days: stored items, then items to come (empty `id`).

    `daily` False leaves out the tasks that come every day.
    """
    team, today = roster.team, roster.team.today(tx.now)
    templates = [template for template in tx.templates.all(team.id) if daily or template.cadence not in _DAILY_CADENCES]
    every_day = set() if daily else _collect_daily_keys(tx, roster)
    begins, _ = day_bounds(team, span[0])
    ends, _ = day_bounds(team, span[1])
    stored = [item for item in tx.items.between(team.id, begins, ends) if item.task.key not in every_day]
    stored_keys = {(item.task.key, item.start) for item in stored}
    days = [today + timedelta(days=gap) for gap in range(1, (span[1] - today).days)]
    upcoming = (item for day in days for template in templates for item in _build_items(roster, template, day))
    return [*stored, *(item for item in upcoming if (item.task.key, item.start) not in stored_keys)]


def _collect_daily_keys(tx: Tx, roster: Roster) -> set[str]:
    """Return the keys of the tasks that come every day."""
    templates = tx.templates.all(roster.team.id)
    return {task.key for template in templates if template.cadence in _DAILY_CADENCES for task in template.tasks}


def _build_items(roster: Roster, template: Template, day: date) -> Iterable[Item]:
    """Yield the items, not stored, that a template would open on a local day."""
    if template.state != "active":
        return
    for nominal in moments_of(template, roster.team, day):
        yield from (build_item(roster, template, task, nominal) for task in template.tasks)


def by_day(roster: Roster, items: Iterable[Item], now: datetime) -> dict[date, list[Item]]:
    """Group items by the local day of their start; an item that started earlier stands under today."""
    team, today = roster.team, roster.team.today(now)
    days: dict[date, list[Item]] = {}
    for item in sorted(items, key=lambda item: item.start):
        days.setdefault(max(team.today(item.start), today), []).append(item)
    return dict(sorted(days.items()))
