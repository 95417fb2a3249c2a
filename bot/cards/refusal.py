"""What people are told when something is not understood, not allowed, or broken: clearly, with what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.task import Words
from bot.message import Button, Message, Reply, Strong, Text, plain
from bot.spelling import nearest

if TYPE_CHECKING:
    from bot.call import Call
    from bot.errors import RefusalError
    from bot.i18n import Texts
    from bot.message import Block

SHOWN = 40
"""Characters of what was typed that are quoted back."""

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
    values = {key: _spoken(call.texts, value) for key, value in error.params.items()}
    line = call.line(error.key, **values)
    blocks = (Text(line), *_offers(call, *_NEXT.get(error.key, ())))
    return Reply(Message(blocks, plain(line)), refused=True)


def _spoken(texts: Texts, value: object) -> object:
    """A list is said as one; everything else as the texts say it."""
    if isinstance(value, list):
        said = [one.say(texts.language) if isinstance(one, Words) else str(one) for one in value]
        return texts.listing(said) if said else texts.text("word.nothing")
    return value


def unknown_command(call: Call, typed: str) -> Reply:
    """« Je ne connais pas « fiat ». Tu voulais dire **fait** ? »"""
    word, _, rest = typed.strip().partition(" ")
    language = call.texts.language
    spellings = call.registry.spellings
    near = list(dict.fromkeys(spellings[name] for name in nearest(word[:SHOWN], spellings)))[:1]
    if not near:
        line = call.line("command.unknown", word=clipped(word))
        return Reply(Message((Text(line), *_offers(call, "day", "help")), plain(line)))
    name = call.registry.commands[near[0]].names.shown(language)
    line = call.line("command.near", word=clipped(word), name=(Strong(name),))
    again = f"{name} {rest}".strip()
    first = Button(again, "say", again) if len(again) <= SHOWN else Button(name, "say", name)
    return Reply(Message((Text(line), first, *_offers(call, "help")), plain(line)))


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
