"""The part of a typed line that names a task, and the parts that name a person, a moment or a reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.people import named
from bot.grammar.snooze_time import says_when
from bot.grammar.spelling import exact, fold, likeness, lookup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.call import Call
    from bot.catalogue.loader import Catalogue
    from bot.tasks.checklist import Item

_ARTICLE = re.compile(r"^(?:(?:la|le|les|ma|mon|mes|cette|ce|the|my|this)\s+|l[’'])(?=\S)", re.IGNORECASE)
_TO = {"a", "au", "pour", "to", "for"}
_WHY = re.compile(r"^(?:[:,;–—-]\s*|(?:car|parce que|parce qu[’']|because|since)\s*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
LONGEST_WHEN = 12
"""Words in which a moment is said."""
LONGEST_TITLE = 40
"""Words of the longest title (bot.grammar.names.LONGEST characters)."""
_LONGEST_NAME = 3
"""Words of a person's name that are tried."""
_SURE = 80
"""Likeness (0-100) from which the first words of a line are a task's name, mistyped."""


def names_of(items: Sequence[Item]) -> Mapping[str, tuple[str, ...]]:
    """Map each task's key to its names."""
    return {item.task.key: _called(item) for item in items}


def _called(item: Item) -> tuple[str, ...]:
    task = item.task
    return (task.key, task.title.fr, task.title.en, task.short.fr, task.short.en, *task.names)


def find(query: str, items: Sequence[Item], catalogue: Catalogue | None = None) -> list[str]:
    """The keys of the tasks that a name means: one, none, or those too near to choose between.

    A title said in full is that task, even when another one is also called so. Words that name something else of the
    catalogue are no slip of the pen: « contenu » is not "content calendar".
    """
    keys = _match_names(query, items, catalogue)
    bare = query if keys else _ARTICLE.sub("", query)
    return keys if bare == query else _match_names(bare, items, catalogue)


def _match_names(words: str, items: Sequence[Item], catalogue: Catalogue | None) -> list[str]:
    titled = exact(words, {item.task.key: (item.task.title.fr, item.task.title.en) for item in items})
    if titled:
        return titled
    keys = lookup(words, names_of(items), slips=False)
    if not keys and not (catalogue and _names_another(words, items, catalogue)):
        keys = lookup(words, names_of(items))
    return keys


def _names_another(query: str, items: Sequence[Item], catalogue: Catalogue) -> bool:
    """Tell whether words, as they are spelled, name a task of the catalogue that is not among the items."""
    task_keys = {item.task.key for item in items}
    catalogue_names = {
        key: (entry.title.fr, entry.title.en, *entry.names.all()) for key, entry in catalogue.tasks.items()
    }
    return bool(
        lookup(query, {key: names for key, names in catalogue_names.items() if key not in task_keys}, slips=False)
    )


def before_reason(line: str, items: Sequence[Item]) -> tuple[str, str]:
    """« veille client absent » → the task and the reason: all the first words that name a task, exactly if any do."""
    words = line.split()
    names = names_of(items)
    for count in range(min(len(words), LONGEST_TITLE), 0, -1):
        head = " ".join(words[:count])
        if exact(head, names) or exact(_ARTICLE.sub("", head), names):
            return head, _WHY.sub("", " ".join(words[count:]))
    scores = {count: likeness(" ".join(words[:count]), names) for count in range(1, min(len(words), 6) + 1)}
    best = max(scores, key=lambda count: scores[count], default=0)
    if best and scores[best] >= _SURE:
        return " ".join(words[:best]), _WHY.sub("", " ".join(words[best:]))
    return line, ""


def before_moment(call: Call, line: str, items: Sequence[Item]) -> tuple[str, str]:
    """« veille à demain 9h » → the task's name and the words of the moment; the longest such words win."""
    words = line.split()
    for cut in range(max(0, len(words) - LONGEST_WHEN), len(words)):
        head, tail = " ".join(words[:cut]), " ".join(words[cut:])
        if (not head or find(head, items)) and says_when(call, tail):
            return head, tail
    head, rest = before_reason(line, items)
    if rest or _ADDRESS.match(line):
        return head if rest else "", rest or line  # no moment: the act says so
    return line, ""


def before_person(call: Call, line: str, items: Sequence[Item]) -> tuple[str, str]:
    """« veille à Karim », « Karim veille », « <@1> veille » → the task's name and the person as typed ("" for none)."""
    words = line.split()
    for task, person, _ in sorted(_cuts(words), key=lambda cut: -cut[2]):
        if named(call, person) and (not task or find(task, items)):
            return task, person
    last = max((place for place, word in enumerate(words) if fold(word) in _TO), default=len(words))
    head, tail = " ".join(words[:last]), " ".join(words[last + 1 :])
    if tail and not exact(_ARTICLE.sub("", line), names_of(items)):
        return head, tail
    return _last_word(words, items) or (line, "")


def _cuts(words: Sequence[str]) -> list[tuple[str, str, int]]:
    """(task, person, weight): the person last or first, a small word between them or not."""
    cuts = []
    for size in range(1, min(_LONGEST_NAME, len(words)) + 1):
        head, tail = words[:-size], words[-size:]
        led = bool(head) and fold(head[-1]) in _TO
        cuts.append((" ".join(head[:-1] if led else head), " ".join(tail), 3 if led else 1))
        first = 1 if fold(words[0]) in _TO else 0
        name, rest = words[first : first + size], words[first + size :]
        cuts.append((" ".join(rest), " ".join(name), 2 if first else 0))
    return cuts


def _last_word(words: Sequence[str], items: Sequence[Item]) -> tuple[str, str] | None:
    """« veille Zoé » : a task exactly, then one word more, which is meant as a person (and refused as one)."""
    head = " ".join(words[:-1])
    if head and exact(_ARTICLE.sub("", head), names_of(items)) and not find(" ".join(words), items):
        return head, words[-1]
    return None
