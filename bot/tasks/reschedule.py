"""Compute the new rhythm of a task from a new moment: a rule stays a rule, a coming day stays that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.engine.rhythm import Closed, Once, Rhythm, Weekly
from bot.errors import RefusalError
from bot.grammar.task_line import parse_task_line
from bot.grammar.when import Ask, AskRhythm, Hours, Moment, say_moment, say_rhythm
from bot.registry import command_line
from bot.tasks import templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.call import Call
    from bot.grammar.task_line import Asked, When
    from bot.ports import Tx
    from bot.tasks.task import Template

_MOST_CHOICES = 4


def retimed(call: Call, tx: Tx, before: Template, parsed_line: Asked, line: str) -> When | None:
    """Return the new moment or rhythm of a task; None when the line names none.

    `parsed_line` is `line` read with bare hours. Hours alone replace the times of its rule, or of its one coming day.
    Raise RefusalError for a date on a task that recurs: it would end the rule.
    """
    rhythm = before.rhythm
    if rhythm is not None and not isinstance(rhythm.rule, Once):
        if parsed_line.hours:
            return _choose_rhythm([*_replace_times(rhythm, parsed_line.hours)])
        _refuse_single_date(call, tx, before, parsed_line.when)
        new = parsed_line.when
        if isinstance(new, Rhythm) and not parsed_line.timed and new.bounds.count is None:
            return replace(new, times=rhythm.times)
    elif parsed_line.hours and rhythm is not None and _is_one_coming_day(call, before, rhythm):
        return _choose_rhythm([replace(rhythm, times=times) for times in parsed_line.hours.readings])
    return parse_task_line(call, line).when if parsed_line.hours else parsed_line.when


def _is_one_coming_day(call: Call, before: Template, rhythm: Rhythm) -> bool:
    """Tell whether a task opens on one later day; the end of a delay is no such day."""
    return isinstance(rhythm.rule, Once) and rhythm.rule.on > call.today and before.deadline is None


def _replace_times(rhythm: Rhythm, hours: Hours) -> Iterator[Rhythm]:
    """Yield the rule at the new times. One hour for a rule of several may replace any of them, or all."""
    for times in hours.readings:
        if len(times) == 1 and len(rhythm.times) > 1:
            for old in rhythm.times:
                yield replace(rhythm, times=tuple(sorted({*rhythm.times, *times} - ({old} - {*times}))))
        yield replace(rhythm, times=times)


def _choose_rhythm(rhythms: Sequence[Rhythm]) -> Rhythm | AskRhythm:
    choices = tuple(dict.fromkeys(rhythms))[-_MOST_CHOICES:]
    return choices[0] if len(choices) == 1 else AskRhythm("task.which_time", choices)


def _refuse_single_date(call: Call, tx: Tx, before: Template, when: When | None) -> None:
    """Raise RefusalError for a single date, with the lines to type for the rule and for today's item."""
    local = _single_moment(when)
    if local is None:
        return
    assert before.rhythm is not None
    language = call.texts.language
    rule = say_rhythm(Rhythm(Weekly((local.isoweekday(),)), (local.time(),), Closed.AFTER), language)
    edit = command_line(language, "task", before.key, rule, verb="edit")
    moment = say_moment(local, language, now_local=call.team.local(call.now))
    once = command_line(language, "snooze", before.key, moment)
    key = "task.recurs_once" if templates.open_items(call, tx, before) else "task.recurs"
    raise RefusalError(key, title=before.tasks[0].title, rule=say_rhythm(before.rhythm, language), edit=edit, once=once)


def _single_moment(when: When | None) -> datetime | None:
    """Return the single local moment of a reading, the first of several; None for a rule."""
    match when:
        case Moment():
            return when.local
        case Ask():
            return when.choices[0].local
        case AskRhythm():
            return _single_moment(when.choices[0])
        case Rhythm(Once(on)):
            return datetime.combine(on, when.times[0])
        case _:
            return None
