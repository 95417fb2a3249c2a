"""A reminder as people ask for it: « Karim demain 9h de relancer l’imprimeur »: for whom, when, of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from bot.engine.rhythm import Closed, Once, Rhythm, Weekly
from bot.engine.scheduling import schedule
from bot.errors import RefusalError
from bot.grammar.names import cleaned
from bot.grammar.people import colleague, named
from bot.grammar.snooze_time import may_say_when, says_when
from bot.grammar.snooze_time import read as read_moment
from bot.grammar.spelling import fold
from bot.grammar.when import beyond, left_over, may_mean, rhythm, say_rhythm
from bot.grammar.when.clock import DAY_OPENS
from bot.i18n import Words, capital
from bot.ids import new_id
from bot.registry import command_line
from bot.tasks.change import Author, record
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
"""Characters of what is to be remembered."""
LONGEST_LINE = 400
"""Characters of a whole line: with the person and the moment."""
MOST_TRIED = 100
"""Places at which a moment is looked for: a line of nothing but small words would be read for seconds."""
_LONGEST_WHEN = 12
"""Words in which a moment is said."""
_LONGEST_WHO = 4
_OF = re.compile(r"^(?:(?:de|du|que|to|that|about|of)\s+|d[’']\s*|qu[’']\s*|[:,–—-]\s*)", re.IGNORECASE)
_LEADS = re.compile(r"^(?:de|du|que|to|that|about|of|[:–—-])$|^(?:d|qu)[’']", re.IGNORECASE)
_EVERY = {"chaque", "tous", "toutes", "every", "each"}
_TITLES = {"de", "of"}
"""What makes such a word part of what is to be remembered: « le bilan de chaque jour »."""
_MOST_EVERY = 2
"""Such words that are looked at."""
_EVERYBODY = {"tout le monde", "tous", "toutes", "equipe", "l equipe", "everyone", "everybody", "team", "the team"}
_AND = {"et", "and"}
_FOR = {"a", "pour", "for", "to", "au", "aux"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom (`role` when a role was named, else `member`), when, and of what, as typed."""

    member: Member | None
    role: str
    when: Moment | Ask
    text: str
    mine: bool
    spoken_for: str
    """The words that named the person or the role, to be typed again."""


def read(call: Call, tx: Tx) -> Wanted:
    """What is asked for. RefusalError when a part is missing, a person unknown, a moment past or not understood."""
    if len(call.rest) > LONGEST_LINE:
        raise RefusalError("remind.too_long", limit=LONGEST_TEXT)
    who, rest = _who(call, call.rest.split())
    _refuse_recurring(call, who, rest)
    _refuse_everybody(call, who, rest)
    before, said, after = _when(call, who, rest)
    _refuse_half_said(call, who, before, after)
    if before and not who and (_unknown(before) or after):
        raise RefusalError("member.unknown", name=" ".join(before[:3])[:40], known=_names(call))
    text = cleaned(_OF.sub("", " ".join((*before, *after))).strip())
    if not text:
        raise RefusalError("remind.what")
    if len(text) > LONGEST_TEXT:
        raise RefusalError("remind.too_long", limit=LONGEST_TEXT)
    when = read_moment(call, said)
    role = _role(call, who)
    member = None if role else colleague(call, tx, who) if who else call.me
    return Wanted(member, role, when, text, mine=member == call.me, spoken_for=who)


def _refuse_recurring(call: Call, who: str, words: list[str]) -> None:
    """« chaque lundi à 9h »: a reminder comes once, so that the task which recurs is what to type."""
    pairs = enumerate(zip(["", *words], words, strict=False))
    places = [place for place, (led, word) in pairs if fold(word) in _EVERY and fold(led) not in _TITLES][:_MOST_EVERY]
    for start in places:
        for end in range(min(len(words), start + _LONGEST_WHEN), start + 1, -1):
            when = " ".join(words[start:end])
            if _recurs(call, when) and beyond(" ".join(words[start:])) != "rhythm.except":
                raise _for_once(call, "remind.every", who, (*words[:start], *words[end:]), when)
    if beyond(" ".join(words)) is not None:
        end = next((end for end in range(len(words), 1, -1) if may_mean(" ".join(words[:end]))), 1)
        raise _for_once(call, "remind.recurs", who, words[end:], _example(call))


def _refuse_half_said(call: Call, who: str, before: list[str], after: list[str]) -> None:
    """« arroser tous les deux jours | à 9h », « lundi | et mardi 9h »: the moment found is a part of what was said."""
    left = left_over(" ".join(before))
    first_of_two = bool(after) and fold(after[0]) in _AND and _starts_when(call, after[1:])
    if first_of_two or (left == "rhythm.several" and before[:-1] and may_mean(before[-2])):
        raise RefusalError("remind.several")
    if left not in {None, "rhythm.several"}:
        start = next((place for place in range(len(before)) if beyond(" ".join(before[place:]))), len(before))
        raise _for_once(call, "remind.recurs", who, before[:start], _example(call))


def _for_once(call: Call, key: str, who: str, what: Sequence[str], when: str) -> RefusalError:
    text = cleaned(_OF.sub("", " ".join(what)).strip())
    language = call.texts.language
    for_whom = f"{FOR_WORD.say(language)} {who}" if who else ""
    return RefusalError(key, line=command_line(language, "task", text or "…", when, for_whom, verb="add"))


def _example(call: Call) -> str:
    return say_rhythm(Rhythm(Weekly((1,)), (DAY_OPENS,), Closed.AFTER), call.texts.language)


def _recurs(call: Call, words: str) -> bool:
    try:
        rhythm(words, language=call.texts.language, today=call.today)
    except RefusalError:
        return False
    return True


def _refuse_everybody(call: Call, who: str, words: list[str]) -> None:
    """« tout le monde vendredi 10h … »: for one person or one role."""
    first = 1 if words and fold(words[0]) in _FOR else 0
    for size in range(1, _LONGEST_WHO):
        name, rest = fold(" ".join(words[first : first + size])), words[first + size :]
        if not who and name in _EVERYBODY and rest and _starts_when(call, rest):
            raise RefusalError("remind.everybody", names=_names(call))


def _names(call: Call) -> list[str]:
    return [one.name for one in call.roster.members][:5]


def _who(call: Call, words: list[str]) -> tuple[str, list[str]]:
    """The person or role that the line begins with ("" for nobody), and the words that follow."""
    first = 1 if words and fold(words[0]) in _FOR else 0
    for size in range(min(_LONGEST_WHO, len(words) - first), 0, -1):
        name = " ".join(words[first : first + size]).rstrip(",:")
        rest = words[first + size :]
        if named(call, name) or (_role(call, name) and rest and _starts_when(call, rest)):
            return name, rest
    return "", words


def _role(call: Call, name: str) -> str:
    found = find_role(call, name)
    return found.id if found else ""


def _starts_when(call: Call, words: list[str]) -> bool:
    """Whether a moment is said first: only then is a role's name whom it is for, and not what it is about."""
    return any(says_when(call, " ".join(words[:count])) for count in range(1, min(_LONGEST_WHEN, len(words)) + 1))


def _when(call: Call, who: str, words: list[str]) -> tuple[list[str], str, list[str]]:
    """(what is before, the moment's words, what is after): the longest span that speaks of a moment, at the line's
    beginning, else at its end, else within a text that a small word (« de », "to") has begun.
    """
    spans = ((start, end) for start, end in _spans(words) if may_say_when(" ".join(words[start:end])))
    for start, end in islice(spans, MOST_TRIED):
        if says_when(call, " ".join(words[start:end])):
            return words[:start], " ".join(words[start:end]), words[end:]
    _refuse_inner(call, who, words)
    raise RefusalError("remind.when")


def _refuse_inner(call: Call, who: str, words: list[str]) -> None:
    """« bidules demain 9h photo »: whoever stands before the moment is nobody that we know."""
    spans = ((start, start + size) for size in range(_LONGEST_WHEN, 0, -1) for start in range(1, len(words) - size))
    likely = (span for span in spans if may_say_when(" ".join(words[slice(*span)])))
    for start, end in islice(likely, MOST_TRIED):
        said = " ".join(words[start:end])
        if says_when(call, said):
            whom = " ".join(filter(None, (who, *words[:start])))
            line = command_line(call.texts.language, "remind", said, whom, *words[end:])
            raise RefusalError("remind.whom", name=whom[:40], known=_names(call), line=line[:120])


def _spans(words: list[str]) -> Iterator[tuple[int, int]]:
    count = len(words)
    longest = min(_LONGEST_WHEN, count)
    yield from ((0, end) for end in range(longest, 0, -1))
    yield from ((start, count) for start in range(count - longest, count))
    if words and _LEADS.match(words[0]):
        for size in range(longest, 1, -1):
            yield from ((start, start + size) for start in range(1, count - size))


def _unknown(before: list[str]) -> bool:
    """« Zoé de relancer … demain »: a name that nobody has, and what it is about."""
    return len(before) > 1 and before[0][:1].isupper() and bool(_LEADS.match(before[1]))


def write(call: Call, tx: Tx, wanted: Wanted, when: Moment) -> Item:
    """Keep it: a task of the team's that happens once, its item open at once, spoken of in private at its moment."""
    key = new_id(tx.now)
    title = Words(capital(wanted.text), capital(wanted.text))
    short = Words(f"«\u00a0{wanted.text}\u00a0»", f"“{wanted.text}”")
    role = wanted.role or personal(wanted.member.id if wanted.member else "")
    task = Task(key, title, short, role, private=not wanted.role)
    there = call.team.local(when.at)  # asked for on the asker's own clock, kept on the team's
    rhythm = Rhythm(Once(there.date()), (there.time(),), Closed.KEEP)
    template = Template(call.team.id, key, key, "occasional", (task,), rhythm, closing=Closing.CARRY)
    tx.templates.add(template)
    [item] = open_run(tx, call.roster, template, there)
    tx.schedules.put(schedule(call.team, key, rhythm, tx.now))
    record(tx, Author(call.me.id, call.source), "remind", item)
    return item
