"""Filters of the record: of one task, one member, or one day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import named, person
from bot.grammar.places import weekdays
from bot.grammar.spelling import fold, lookup
from bot.grammar.when import Ask, moment
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.call import Call
    from bot.ports import Tx
    from bot.record.audit import Entry

DAYS = {"aujourd hui": 0, "aujourdhui": 0, "today": 0, "hier": 1, "yesterday": 1, "avant hier": 2}
"""Days before today, by the words that name the day."""
HALF_YEAR = timedelta(days=182)
"""How far back a date without a year is looked for."""
_WEEK = 7


def choose_filter(call: Call, tx: Tx, typed: str) -> Callable[[Entry], bool]:
    """Return the filter that typed words mean: a day, a member (oneself, or anybody for the lead), else a task.

    No words: everything. Raises RefusalError for words that are none of these.
    """
    if not typed:
        return lambda _: True
    day = _read_past_day(call, typed)
    if day is not None:
        return lambda line: call.team.today(line.at) == day
    if named(call, typed):
        member = person(call, tx, typed, joins=False) or call.me
        if member.id != call.me.id and not call.me.may(Right.EDIT):
            raise RefusalError("history.person", name=member.name)
        return lambda line: line.actor == member.id
    return _filter_task(call, tx, typed)


def _read_past_day(call: Call, typed: str) -> date | None:
    """Return the newest past day that the words name: today, yesterday, a weekday, or a date; None for other words."""
    words = fold(typed)
    if words in DAYS:
        return call.today - timedelta(days=DAYS[words])
    weekday = weekdays(typed)
    if weekday is not None and len(weekday) == 1:
        return call.today - timedelta(days=(call.today.isoweekday() - weekday[0]) % _WEEK)
    if not any(letter.isdecimal() for letter in typed):
        return None
    try:
        answer = moment(
            typed,
            now=call.now - HALF_YEAR,
            zone=call.team.tz,
            calendar=call.team.calendar,
            language=call.texts.language,
        )
    except RefusalError:
        return None
    days = {choice.local.date() for choice in answer.choices} if isinstance(answer, Ask) else {answer.local.date()}
    return min(days) if len(days) == 1 and min(days) <= call.today else None


def _filter_task(call: Call, tx: Tx, typed: str) -> Callable[[Entry], bool]:
    """Return the filter of one task: the lines of its template, and of its items."""
    current = {template.key: template for template in tx.templates.all(call.team.id)}
    names = {
        key: [key, *(name for task in template.tasks for name in (task.title.fr, task.title.en, *task.names))]
        for key, template in current.items()
    }
    matches = lookup(typed, names)
    if len(matches) != 1:
        titles = [current[key].tasks[0].title for key in matches]
        raise RefusalError("history.several" if titles else "history.what", name=typed[:40], known=titles)
    template = current[matches[0]]
    keys = {task.key for task in template.tasks}

    def is_about(line: Entry) -> bool:
        if line.subject != "item":
            return line.subject_id == template.id
        item = tx.items.get(call.team.id, line.subject_id)
        return item is not None and item.task.key in keys

    return is_about
