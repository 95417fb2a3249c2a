"""A task as people ask for it in one line: « Relire la publication LinkedIn chaque vendredi à 15h pour Karim ».

The end of the line says when and for whom, in one order or the other; what is before is the title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from bot.engine.rhythm import Rhythm
from bot.errors import RefusalError
from bot.grammar.names import unquoted
from bot.grammar.spelling import fold
from bot.grammar.when import (
    Ask,
    AskRhythm,
    Hours,
    Moment,
    beyond,
    ends_with_length,
    hours,
    left_over,
    may_mean,
    moment,
    rhythm,
    tells_time,
)
from bot.i18n import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.call import Call

When = Rhythm | Moment | Ask | AskRhythm
LONGEST_WHEN = 24
"""Words in which anybody says a moment."""
MOST_FOR = 3
"""« pour » before which the moment is looked for, from the end: a line of nothing else would be read for seconds."""
_FOR = {"pour", "for"}
_EVERY = {"chaque", "every", "each"}
_LEADING = 6
"""Words before a moment that are looked at for the beginning of a rule."""
_QUOTED = 60
_DANGLING = {"le", "la", "a", "de", "du", "d", "on", "at", "by", "the", "pour", "for"}
_JOINTS = {"et", "and"}
_OF = {"de", "d", "du", "of"}
_WEEKDAY = re.compile(
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
_LENGTH_WORDS = 4
_DASHES = {":", "-", "–", "—"}
_UNKNOWN = {"rhythm.unknown", "rhythm.too_long", "when.unknown", "when.too_long"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The three parts of a line. `sure`: the person was named after the moment, so that it cannot be of the title.

    `whole` is the title if `whom` turns out to be part of it (« les visuels pour Noël »). `hours`: a time of
    day and nothing else, where that was asked for; `when` is None then.
    """

    title: str
    when: When | None = None
    person: str = ""
    sure: bool = False
    whole: str = ""
    hours: Hours | None = None
    timed: bool = True
    """Whether a rule was said with its time of day."""


def parse_task_line(call: Call, text: str, *, bare_hours: bool = False) -> Asked:
    """Read the parts of a line. RefusalError when its moment is past, impossible or half understood.

    `bare_hours`: a time without a day is read as such, for a task that has its days already.
    """
    words = text.split()
    for end in _ends(words):
        for start in range(max(0, end - LONGEST_WHEN), end):
            if _bare(words[start]) or not may_mean(" ".join(words[start + _led(words[start]) : end])):
                continue
            if _led(words[start]) and _is_length(words[start + 1 : end]):
                continue
            when_words = " ".join(words[start:end])
            alone = hours(when_words, language=call.texts.language) if bare_hours else None
            when = None if alone else _delay(call, words, start, end) or _read(call, when_words)
            if when is not None and _is_of(words[:start], when_words):
                if not _has_hour(call, when_words):
                    continue
                return Asked(_trimmed(words[: start - 1]), _confirmed(when))
            if alone or when is not None:
                timed = not isinstance(when, Rhythm) or _has_hour(call, when_words)
                return replace(_parts(call, words, (start, end), when), hours=alone, timed=timed)
            if (key := beyond(when_words)) is not None:
                raise _half_said(call, key, words[start:end])
    return _titled(words, None)


def _is_of(before: list[str], when_words: str) -> bool:
    """Tell whether a weekday belongs to the title: « la réunion de lundi », "minutes of Monday"."""
    return bool(before[1:]) and fold(before[-1]) in _OF and bool(_WEEKDAY.match(fold(when_words)))


def _has_hour(call: Call, when_words: str) -> bool:
    """Tell whether a moment is said with its hour."""
    words = when_words.split()
    return any(hours(" ".join(words[cut:]), language=call.texts.language) for cut in range(1, len(words)))


def _confirmed(when: When) -> When:
    """Ask about a moment that may be part of the title."""
    return Ask("when.of_day", (when,)) if isinstance(when, Moment) else when


def _bare(word: str) -> bool:
    """A word of marks alone begins no moment: it belongs to the title. Nor does one that joins two of them."""
    return not any(char.isalnum() for char in word) or fold(word) in _JOINTS


def _ends(words: list[str]) -> Iterator[int]:
    """Yield the places where a moment may end: the end of the line, or before « pour … »."""
    yield len(words)
    places = (place for place in range(len(words) - 1, 0, -1) if fold(words[place]) in _FOR)
    yield from islice(places, MOST_FOR)


def _led(word: str) -> bool:
    """« pour vendredi »: whether a small word leads to the moment, of which it is no part."""
    return fold(word) in _FOR


def _delay(call: Call, words: list[str], start: int, end: int) -> When | None:
    """« pour vendredi » is the end of a delay."""
    if not _led(words[start]) or start + 1 == end:
        return None
    return _moment(call, f"{'d’ici' if call.texts.language == 'fr' else 'by'} {' '.join(words[start + 1 : end])}")


def _parts(call: Call, words: list[str], span: tuple[int, int], when: When | None) -> Asked:
    start, end = span
    before, after = words[:start], words[end + 1 :]
    key = None if _is_quoted(before) else _left_over(call, before, words[start:end], when)
    if key is not None:
        raise _half_said(call, key, [*_leading(before), *words[start:end]])
    if _is_length(after):
        raise _half_said(call, "rhythm.length", words[end:])
    if after:
        return Asked(_trimmed(before), when, " ".join(after), sure=True)
    return _titled(before, when)


def _is_quoted(before: list[str]) -> bool:
    """Tell whether a title stands in quotation marks: none of it is of the moment then."""
    return bool(before) and before[-1][-1] in '»”"' and len(before[-1]) + len(before) > 1


def _is_length(words: list[str]) -> bool:
    """Tell whether the words after « for » are a length: « for | 3 months »."""
    return bool(words) and len(words) <= _LENGTH_WORDS and ends_with_length(" ".join(words))


def _left_over(call: Call, before: list[str], when_words: list[str], when: When | None) -> str | None:
    """Why the words before a moment are of it. « chaque lien demain 9h » has a title; « chaque lien à 9h » may not."""
    leading = " ".join(before[-_LEADING:])
    key = left_over(leading)
    if key == "rhythm.several" and not (before[:-1] and may_mean(before[-2])):
        key = None
    if key is not None:
        return key
    distributive = [fold(word) for word in before[-2:-1]]
    vague = (
        isinstance(when, Rhythm | AskRhythm) or hours(" ".join(when_words), language=call.texts.language) is not None
    )
    if not isinstance(when, Rhythm | AskRhythm) and vague and distributive and distributive[0] in _EVERY:
        return "rhythm.unknown"
    delay = isinstance(when, Moment) and when.kind == "by"
    if (vague and tells_time(leading)) or ((vague or delay) and ends_with_length(leading)):
        return "when.half"
    return None


def _leading(before: list[str]) -> list[str]:
    """The last words of a title that may be of the moment after it: those of the grammar, else the last four."""
    count = next((place for place, word in enumerate(reversed(before)) if not may_mean(word)), len(before))
    return before[-(count or 4) :]


def _half_said(call: Call, key: str, words: list[str]) -> RefusalError:
    """Refuse words that are half understood; a length is asked for as a date."""
    return RefusalError(key, text=" ".join(words)[:_QUOTED], example=_example(call))


def _titled(words: list[str], when: When | None) -> Asked:
    """The title, and what stands after its last « pour »: perhaps a person, perhaps part of the title."""
    places = [place for place, word in enumerate(words) if fold(word) in _FOR and 0 < place < len(words) - 1]
    if not places:
        return Asked(_trimmed(words), when)
    person = " ".join(words[places[-1] + 1 :])
    return Asked(_trimmed(words[: places[-1]]), when, person, whole=_trimmed(words))


def _trimmed(words: list[str]) -> str:
    """The words without the small ones that led to the moment."""
    while len(words) > 1 and (words[-1] in _DASHES or (fold(words[-1]) in _DANGLING and not _initial(words[-1]))):
        words = words[:-1]
    return unquoted(" ".join(words).strip(" ,;"))


def _initial(word: str) -> bool:
    """A capital that stands alone is a name's: « Vitamine D », “Plan A”."""
    return len(word) == 1 and word.isascii() and word.isupper()


def _read(call: Call, text: str) -> When | None:
    """A rhythm, else a moment; None when the text is neither. « on Friday » is one Friday."""
    once = fold(text).startswith("on ")
    fault: RefusalError | None = None
    for read in (_moment, _rhythm) if once else (_rhythm, _moment):
        try:
            answer = read(call, text)
        except RefusalError as error:
            fault = fault or error
            continue
        if answer is not None:
            return answer
    if fault is not None:
        raise fault
    return None


def _rhythm(call: Call, text: str) -> Rhythm | AskRhythm | None:
    try:
        now = call.team.local(call.now)
        return rhythm(text, language=call.texts.language, today=now.date(), now=now.time())
    except RefusalError as error:
        if error.key in _UNKNOWN:
            return None
        raise


def _moment(call: Call, text: str) -> Moment | Ask | None:
    team = call.team
    try:
        return moment(text, now=call.now, zone=team.tz, calendar=team.calendar, language=call.texts.language)
    except RefusalError as error:
        if error.key in _UNKNOWN:
            return None
        raise


def _example(call: Call) -> str:
    return Words("chaque vendredi à 15 h", "every Friday at 15:00").say(call.texts.language)
