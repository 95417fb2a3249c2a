"""What people are told when something is not understood, not allowed, or broken: clearly, with what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.spelling import fold, nearest
from bot.i18n import Words
from bot.message import Button, Message, Reply, Strong, Text, plain

if TYPE_CHECKING:
    from bot.call import Call
    from bot.errors import RefusalError, VigieError
    from bot.i18n import Texts
    from bot.message import Block, Line

SHOWN = 40
"""Characters of what was typed that are quoted back."""

_NEAR, _SAME = 72, 85
"""Likeness (0-100) from which a word is a slip for a name that is shown, and for one that is only accepted."""

_NEXT: dict[str, tuple[str, ...]] = {
    "setup.first": ("setup",),
    "task.unknown": ("day", "help"),
    "ask.nothing_open": ("day",),
    "item.faster": ("day",),
    "item.closed": ("day",),
}
"""Commands offered as buttons under a refusal."""


def refusal(call: Call, error: RefusalError) -> Reply:
    """The answer to a RefusalError in the asker's language."""
    line = words(call.texts, error)
    blocks = (Text(line), *_offers(call, *_NEXT.get(error.key, ())))
    return Reply(Message(blocks, plain(line)), refused=True)


def words(texts: Texts, error: VigieError) -> Line:
    """What an error of ours says in a language, wherever it is read."""
    return texts.line(error.key, **{key: _spoken(texts, value) for key, value in error.params.items()})


def _spoken(texts: Texts, value: object) -> object:
    """A list is said as one; everything else as the texts say it."""
    if isinstance(value, list):
        said = [one.say(texts.language) if isinstance(one, Words) else str(one) for one in value]
        return texts.listing(said) if said else texts.text("word.nothing")
    return value


def unknown_command(call: Call, typed: str) -> Reply:
    """« Je ne connais pas « fiat ». Tu voulais dire **fait** ? »"""
    word, _, rest = typed.strip().partition(" ")
    near = _near(call, word[:SHOWN])
    if near is None:
        line = call.line("command.unknown", word=clipped(word))
        return Reply(Message((Text(line), *_offers(call, "day", "help")), plain(line)))
    name = call.registry.commands[near].names.shown(call.texts.language)
    return _meant(call, call.line("command.near", word=clipped(word), name=(Strong(name),)), name, rest)


def _near(call: Call, word: str) -> str | None:
    """The command of which a shown name looks like this word, else one of which another name is all but the same.

    They begin alike: « idée » is no slip for « aide », nor « crise » for « prise ».
    """
    shown = {name: one.id for one in call.registry.commands.values() for name in (one.names.en, one.names.fr)}
    for names, cutoff in ((shown, _NEAR), (call.registry.spellings, _SAME)):
        alike = {name: key for name, key in names.items() if fold(name)[:1] == fold(word)[:1]}
        found = nearest(word, alike, limit=1, cutoff=cutoff)
        if found:
            return alike[found[0]]
    return None


def task_alone(call: Call, typed: str) -> Reply:
    """« « veille » est une tâche. Tu voulais dire **fait veille** ? »"""
    name = f"{call.registry.commands['done'].names.shown(call.texts.language)} {typed}"
    return _meant(call, call.line("command.task", word=clipped(typed), name=(Strong(clipped(name)),)), name, "")


def _meant(call: Call, line: Line, name: str, rest: str) -> Reply:
    again = f"{name} {rest}".strip()
    first = Button(again, "say", again) if len(again) <= SHOWN else Button(clipped(name), "say", name)
    offers = [one for one in _offers(call, "help") if one != first]
    return Reply(Message((Text(line), first, *offers), plain(line)))


def clipped(words: str) -> str:
    """What was typed, short enough to be quoted."""
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def _offers(call: Call, *commands: str) -> list[Block]:
    names = [call.registry.commands[one].names.shown(call.texts.language) for one in commands]
    return [Button(name, "say", name) for name in names]


def fault(texts: Texts, reference: str) -> Reply:
    """Our own fault: nothing is lost, and a reference to give to whoever looks after the installation."""
    line = texts.line("fault", reference=reference)
    return Reply(Message((Text(line),), plain(line)), fault=True)
