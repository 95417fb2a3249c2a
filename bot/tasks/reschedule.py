"""Another moment for a task that has one: a rule stays a rule, and a day to come that day, unless another is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.engine.rhythm import Closed, Once, Rhythm, Weekly
from bot.errors import RefusalError
from bot.grammar.task_line import asked
from bot.grammar.when import Ask, AskRhythm, Hours, Moment, say_moment, say_rhythm
from bot.tasks import templates
from bot.tasks.cards.task import verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.call import Call
    from bot.grammar.task_line import Asked, When
    from bot.ports import Tx
    from bot.tasks.task import Template

_MOST_CHOICES = 4


def retimed(call: Call, tx: Tx, before: Template, found: Asked, line: str) -> When | None:
    """When the task is from now on; None when nothing was said of it. `found` is `line`, read with bare hours.

    Hours alone are the new times of its rule, or of its one day to come. RefusalError: a date for something that
    recurs, which would end it.
    """
    rhythm = before.rhythm
    if rhythm is not None and not isinstance(rhythm.rule, Once):
        if found.hours:
            return _one_of([*_moved(rhythm, found.hours)])
        _check_recurs(call, tx, before, found.when)
    elif found.hours and rhythm is not None and _to_come(call, before, rhythm):
        return _one_of([replace(rhythm, times=times) for times in found.hours.readings])
    return asked(call, line).when if found.hours else found.when


def _to_come(call: Call, before: Template, rhythm: Rhythm) -> bool:
    """Whether it opens on one day, later than today; the end of a delay is no such day."""
    return isinstance(rhythm.rule, Once) and rhythm.rule.on > call.today and before.deadline is None


def _moved(rhythm: Rhythm, hours: Hours) -> Iterator[Rhythm]:
    """The rule at the new times. One hour for a rule of several may stand for any of them, or for all."""
    for times in hours.readings:
        if len(times) == 1 and len(rhythm.times) > 1:
            for old in rhythm.times:
                yield replace(rhythm, times=tuple(sorted({*rhythm.times, *times} - ({old} - {*times}))))
        yield replace(rhythm, times=times)


def _one_of(rhythms: Sequence[Rhythm]) -> Rhythm | AskRhythm:
    found = tuple(dict.fromkeys(rhythms))[-_MOST_CHOICES:]
    return found[0] if len(found) == 1 else AskRhythm("task.which_time", found)


def _check_recurs(call: Call, tx: Tx, before: Template, when: When | None) -> None:
    """Raise RefusalError for a single date: what to type for the rule, and for this once when there is one today."""
    local = _date(when)
    if local is None:
        return
    assert before.rhythm is not None
    language = call.texts.language
    rule = say_rhythm(Rhythm(Weekly((local.isoweekday(),)), (local.time(),), Closed.AFTER), language)
    edit = f"{verb(call, 'modifier', 'edit')} {before.key} {rule}"
    snooze = call.registry.commands["snooze"].names.shown(language)
    once = f"{snooze} {before.key} {say_moment(local, language, now_local=call.team.local(call.now))}"
    key = "task.recurs_once" if templates.open_items(call, tx, before) else "task.recurs"
    raise RefusalError(key, title=before.tasks[0].title, rule=say_rhythm(before.rhythm, language), edit=edit, once=once)


def _date(when: When | None) -> datetime | None:
    """The single local moment that is meant, the first of them when there are several; None for a rule."""
    match when:
        case Moment():
            return when.local
        case Ask():
            return when.choices[0].local
        case AskRhythm():
            return _date(when.choices[0])
        case Rhythm(Once(on)):
            return datetime.combine(on, when.times[0])
        case _:
            return None
