"""Read and write a reminder typed in one line: « Karim demain 9h de relancer l’imprimeur »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from bot.engine.rhythm import Closed, Once, Rhythm, Weekly
from bot.engine.scheduling import schedule
from bot.errors import RefusalError
from bot.grammar.names import cleaned
from bot.grammar.people import colleague, named, refuse_several
from bot.grammar.snooze_time import may_say_when, says_when
from bot.grammar.snooze_time import read as read_moment
from bot.grammar.spelling import fold
from bot.grammar.when import beyond, goes_on, left_over, may_mean, rhythm, say_rhythm
from bot.grammar.when.clock import DAY_OPENS
from bot.i18n import Words, capital
from bot.ids import new_id
from bot.registry import command_line
from bot.tasks.change import change, record
from bot.tasks.checklist import State
from bot.tasks.opening import open_run
from bot.tasks.task import Closing, Task, Template
from bot.tasks.templates import FOR_WORD
from bot.teams.role import personal
from bot.teams.role_changes import find_role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.call import Call
    from bot.grammar.when import Ask, Moment
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.teams.member import Member

LONGEST_TEXT = 200
"""Characters of the text to be remembered."""
LONGEST_LINE = 400
"""Characters of a whole line, with the person and the moment."""
MOST_TRIED = 100
"""Spans tried as a moment: a line made of small words alone would take seconds to read."""
_LONGEST_WHEN = 12
"""Words of the longest moment."""
_FURTHEST = timedelta(days=366 * 11)
"""Time ahead within which own reminders are listed."""
EDIT_WORD = Words("modifier", "edit")
"""Verb of the line that moves a reminder."""
_LONGEST_WHO = 4
_LONGEST_GROUP = 8
_OF = re.compile(r"^(?:(?:de|du|que|to|that|about|of)\s+|d[’']\s*|qu[’']\s*|[:,–—-]\s*)", re.IGNORECASE)
_LEADS = re.compile(r"^(?:de|du|que|to|that|about|of|[:–—-])$|^(?:d|qu)[’']", re.IGNORECASE)
_EVERY = {"chaque", "tous", "toutes", "every", "each"}
_TITLES = {"de", "of"}
"""Words that make a following « chaque » part of the text: « le bilan de chaque jour »."""
_WEEKDAY_OF = {"de", "du", "of"}
"""Words that make a following weekday part of the text: « le point du lundi »."""
_WEEKDAY = re.compile(r"(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day")
_MOST_EVERY = 2
"""Words of `_EVERY` that are tried."""
_WHOLE_TEAM = {"tout le monde", "tous", "toutes", "equipe", "l equipe", "everyone", "everybody", "team", "the team"}
_AND = {"et", "and"}
_FOR = {"a", "pour", "for", "to", "au", "aux"}


@dataclass(frozen=True, slots=True)
class Reminder:
    """Reminder as typed: recipient (`role` when a role was named, else `member`), moment and text."""

    member: Member | None
    role: str
    when: Moment | Ask
    text: str
    for_self: bool
    spoken_for: str
    """Words that named the person or the role, to be typed again."""


def read(call: Call, tx: Tx) -> Reminder:
    """Read a reminder from the line of the call.

    Raise RefusalError when a part is missing, a person unknown, or a moment past or not understood.
    """
    if len(call.rest) > LONGEST_LINE:
        raise RefusalError("remind.too_long", limit=LONGEST_TEXT)
    recipient, rest = _split_recipient(call, call.rest.split())
    _refuse_recurring(call, recipient, rest)
    _refuse_whole_team(call, recipient, rest)
    _refuse_group(call, call.rest.split())
    before, when_words, after = _split_moment(call, recipient, rest)
    _refuse_partial_moment(call, recipient, before, after)
    if before and fold(before[-1]) in _WEEKDAY_OF and _WEEKDAY.fullmatch(fold(when_words)):
        raise RefusalError("remind.when")
    if after and goes_on(" ".join(after)):
        raise RefusalError("remind.half", text=" ".join((when_words, *after))[:60])
    if before and not recipient and (_has_unknown_name(before) or after):
        raise RefusalError("member.unknown", name=" ".join(before[:3])[:40], known=_list_names(call))
    text = cleaned(_OF.sub("", " ".join((*before, *after))).strip())
    if not text:
        raise RefusalError("remind.what")
    if len(text) > LONGEST_TEXT:
        raise RefusalError("remind.too_long", limit=LONGEST_TEXT)
    when = read_moment(call, when_words)
    role = _find_role(call, recipient)
    member = None if role else colleague(call, tx, recipient) if recipient else call.me
    return Reminder(member, role, when, text, for_self=member == call.me, spoken_for=recipient)


def _refuse_recurring(call: Call, recipient: str, words: list[str]) -> None:
    """Raise RefusalError for a rule (« chaque lundi à 9h »), with the line that adds a recurrent task instead."""
    pairs = enumerate(zip(["", *words], words, strict=False))
    places = [place for place, (led, word) in pairs if fold(word) in _EVERY and fold(led) not in _TITLES][:_MOST_EVERY]
    for start in places:
        for end in range(min(len(words), start + _LONGEST_WHEN), start + 1, -1):
            when = " ".join(words[start:end])
            if _is_rhythm(call, when) and beyond(" ".join(words[start:])) != "rhythm.except":
                raise _suggest_task(call, "remind.every", recipient, (*words[:start], *words[end:]), when)
    if beyond(" ".join(words)) is not None:
        end = next((end for end in range(len(words), 1, -1) if may_mean(" ".join(words[:end]))), 1)
        raise _suggest_task(call, "remind.recurs", recipient, words[end:], _write_example(call))


def _refuse_partial_moment(call: Call, recipient: str, before: list[str], after: list[str]) -> None:
    """Raise RefusalError when the moment is part of a longer one: « arroser tous les deux jours | à 9h »."""
    rule_error = left_over(" ".join(before))
    is_first_of_two = bool(after) and fold(after[0]) in _AND and _starts_when(call, after[1:])
    if is_first_of_two or (rule_error == "rhythm.several" and before[:-1] and may_mean(before[-2])):
        raise RefusalError("remind.several")
    if rule_error not in {None, "rhythm.several"}:
        start = next((place for place in range(len(before)) if beyond(" ".join(before[place:]))), len(before))
        raise _suggest_task(call, "remind.recurs", recipient, before[:start], _write_example(call))


def _suggest_task(call: Call, key: str, recipient: str, words: Sequence[str], when: str) -> RefusalError:
    text = cleaned(_OF.sub("", " ".join(words)).strip())
    language = call.texts.language
    for_whom = f"{FOR_WORD.say(language)} {recipient}" if recipient else ""
    return RefusalError(key, line=command_line(language, "task", text or "…", when, for_whom, verb="add"))


def _write_example(call: Call) -> str:
    return say_rhythm(Rhythm(Weekly((1,)), (DAY_OPENS,), Closed.AFTER), call.texts.language)


def _is_rhythm(call: Call, words: str) -> bool:
    try:
        rhythm(words, language=call.texts.language, today=call.today)
    except RefusalError:
        return False
    return True


def _refuse_whole_team(call: Call, recipient: str, words: list[str]) -> None:
    """Raise RefusalError for « tout le monde vendredi 10h … »: a reminder is for one person or one role."""
    first = 1 if words and fold(words[0]) in _FOR else 0
    for size in range(1, _LONGEST_WHO):
        name, rest = fold(" ".join(words[first : first + size])), words[first + size :]
        if not recipient and name in _WHOLE_TEAM and rest and _starts_when(call, rest):
            raise RefusalError("remind.everybody", names=_list_names(call))


def _refuse_group(call: Call, words: list[str]) -> None:
    """Refuse « Karim et Tom demain 9h », two mentions, a group: the longest beginning that names several people."""
    first = 1 if words and fold(words[0]) in _FOR else 0
    if first and any(fold(" ".join(words[1 : 1 + size])) in _WHOLE_TEAM for size in range(1, _LONGEST_WHO)):
        raise RefusalError("remind.everybody", names=_list_names(call))
    for size in range(min(_LONGEST_GROUP, len(words) - first), 0, -1):
        if _starts_when(call, words[first + size :]):
            refuse_several(call, " ".join(words[first : first + size]))


def _list_names(call: Call) -> list[str]:
    return [member.name for member in call.roster.members][:5]


def _split_recipient(call: Call, words: list[str]) -> tuple[str, list[str]]:
    """Return the person or role at the beginning of the line ("" for none), and the words that follow."""
    first = 1 if words and fold(words[0]) in _FOR else 0
    for size in range(min(_LONGEST_WHO, len(words) - first), 0, -1):
        name = " ".join(words[first : first + size]).rstrip(",:")
        rest = words[first + size :]
        if named(call, name) or (_find_role(call, name) and rest and _starts_when(call, rest)):
            return name, rest
    return "", words


def _find_role(call: Call, name: str) -> str:
    role = find_role(call, name)
    return role.id if role else ""


def _starts_when(call: Call, words: list[str]) -> bool:
    """Tell whether the words begin with a moment: only then does a role's name before them mean its holder."""
    return any(says_when(call, " ".join(words[:count])) for count in range(1, min(_LONGEST_WHEN, len(words)) + 1))


def _split_moment(call: Call, recipient: str, words: list[str]) -> tuple[list[str], str, list[str]]:
    """Split the words at the longest span that names a moment: (words before, moment, words after).

    Try the line's beginning, then its end, then the inside of a text introduced by a small word (« de », "to").
    """
    spans = ((start, end) for start, end in _yield_spans(words) if may_say_when(" ".join(words[start:end])))
    for start, end in islice(spans, MOST_TRIED):
        if says_when(call, " ".join(words[start:end])):
            return words[:start], " ".join(words[start:end]), words[end:]
    _refuse_inner(call, recipient, words)
    raise RefusalError("remind.when")


def _refuse_inner(call: Call, recipient: str, words: list[str]) -> None:
    """Raise RefusalError when unknown words stand before the moment: « bidules demain 9h photo »."""
    spans = ((start, start + size) for size in range(_LONGEST_WHEN, 0, -1) for start in range(1, len(words) - size))
    likely = (span for span in spans if may_say_when(" ".join(words[slice(*span)])))
    for start, end in islice(likely, MOST_TRIED):
        when_words = " ".join(words[start:end])
        if says_when(call, when_words):
            name = " ".join(filter(None, (recipient, *words[:start])))
            line = command_line(call.texts.language, "remind", when_words, name, *words[end:])
            raise RefusalError("remind.whom", name=name[:40], known=_list_names(call), line=line[:120])


def _yield_spans(words: list[str]) -> Iterator[tuple[int, int]]:
    count = len(words)
    longest = min(_LONGEST_WHEN, count)
    yield from ((0, end) for end in range(longest, 0, -1))
    yield from ((start, count) for start in range(count - longest, count))
    if words and _LEADS.match(words[0]):
        for size in range(longest, 1, -1):
            yield from ((start, start + size) for start in range(1, count - size))


def _has_unknown_name(before: list[str]) -> bool:
    """Tell whether the words begin with an unknown name and its text: « Zoé de relancer … demain »."""
    return len(before) > 1 and before[0][:1].isupper() and bool(_LEADS.match(before[1]))


def find_own(call: Call, tx: Tx) -> list[Item]:
    """Return the asker's own reminders that are still to come or open, by moment."""
    items = tx.items.between(call.team.id, call.now, call.now + _FURTHEST)
    return [item for item in items if item.task.private and item.is_open and item.holder == call.me.id]


def move(call: Call, tx: Tx, item: Item, when: Moment) -> tuple[Reminder, Item]:
    """Replace a reminder of the asker's own by a new one at another moment."""
    dropped = item._replace(state=State.DROPPED, closed_by=call.me.id, closed_at=tx.now, closed_via=call.source)
    change(tx, call.author(), item, dropped, "forget")
    reminder = Reminder(call.me, "", when, item.task.title.say(call.texts.language), for_self=True, spoken_for="")
    return reminder, write(call, tx, reminder, when)


def write(call: Call, tx: Tx, reminder: Reminder, when: Moment) -> Item:
    """Store a reminder: a task of one moment, its item open at once, with a private message at that moment."""
    key = new_id(tx.now)
    title = Words(capital(reminder.text), capital(reminder.text))
    short = Words(f"«\u00a0{reminder.text}\u00a0»", f"“{reminder.text}”")
    role = reminder.role or personal(reminder.member.id if reminder.member else "")
    task = Task(key, title, short, role, private=not reminder.role)
    start = call.team.local(when.at)  # read on the asker's own clock, stored on the team's
    rhythm = Rhythm(Once(start.date()), (start.time(),), Closed.KEEP)
    template = Template(call.team.id, key, key, "occasional", (task,), rhythm, closing=Closing.CARRY)
    tx.templates.add(template)
    [item] = open_run(tx, call.roster, template, start)
    tx.schedules.put(schedule(call.team, key, rhythm, tx.now))
    record(tx, call.author(), "remind", item)
    return item
