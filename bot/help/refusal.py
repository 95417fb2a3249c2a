"""Replies to unknown, refused and failed requests, with what to type instead."""

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
"""Characters of a typed line to quote, at most."""

_SHOWN_CUTOFF, _ACCEPTED_CUTOFF = 72, 85
"""Likeness (0-100) from which a word counts as a typing error for a shown name, and for an accepted name."""

_OFFERED_COMMANDS: dict[str, tuple[str, ...]] = {
    "setup.first": ("setup",),
    "task.unknown": ("day", "help"),
    "ask.nothing_open": ("day",),
    "item.faster": ("day",),
    "item.closed": ("day",),
}
"""Commands to offer as buttons under a refusal, by message key."""


def refusal(call: Call, error: RefusalError) -> Reply:
    """Build the reply to a RefusalError in the member's language."""
    line = error_line(call.texts, error)
    blocks = (Text(line), *_draw_buttons(call, *_OFFERED_COMMANDS.get(error.key, ())))
    return Reply(Message(blocks, plain(line)), refused=True)


def error_line(texts: Texts, error: VigieError) -> Line:
    """Return the text of an error in a language."""
    return texts.line(error.key, **{key: _format_list(texts, value) for key, value in error.params.items()})


def _format_list(texts: Texts, value: object) -> object:
    """Join a list into text; return other values unchanged."""
    if isinstance(value, list):
        parts = [part.say(texts.language) if isinstance(part, Words) else str(part) for part in value]
        return texts.listing(parts) if parts else texts.text("word.nothing")
    return value


def chat(call: Call, talk: str) -> Reply:
    """Reply to a greeting or thanks in one line, with two commands to type next."""
    line = call.line(f"talk.{talk}", name=call.member.name if call.member else "")
    return Reply(Message((Text(line), *_draw_buttons(call, "day", "help")), plain(line)))


def unknown_command(call: Call, typed: str) -> Reply:
    """Reply « Je ne connais pas « fiat ». Tu voulais dire **fait** ? » to an unknown command."""
    word, _, rest = typed.strip().partition(" ")
    near = _find_nearest_command(call, word[:SHOWN])
    if near is None:
        line = call.line("command.unknown", word=clip(word))
        return Reply(Message((Text(line), *_draw_buttons(call, "day", "help")), plain(line)))
    name = call.registry.commands[near].names.shown(call.texts.language)
    return _draw_suggestion(call, call.line("command.near", word=clip(word), name=(Strong(name),)), name, rest)


def _find_nearest_command(call: Call, word: str) -> str | None:
    """Find the command with a shown name similar to a word, else with an accepted name almost equal to it.

    Both must have the same first letter: « idée » is no slip for « aide », nor « crise » for « prise ».
    """
    shown = {
        name: command.id for command in call.registry.commands.values() for name in (command.names.en, command.names.fr)
    }
    for names, cutoff in ((shown, _SHOWN_CUTOFF), (call.registry.spellings, _ACCEPTED_CUTOFF)):
        alike = {name: key for name, key in names.items() if fold(name)[:1] == fold(word)[:1]}
        matches = nearest(word, alike, limit=1, cutoff=cutoff)
        if matches:
            return alike[matches[0]]
    return None


def suggest_done(call: Call, typed: str) -> Reply:
    """Reply « « veille » est une tâche. Tu voulais dire **fait veille** ? » to a task without a verb."""
    name = f"{call.registry.commands['done'].names.shown(call.texts.language)} {typed}"
    return _draw_suggestion(call, call.line("command.task", word=clip(typed), name=(Strong(clip(name)),)), name, "")


def _draw_suggestion(call: Call, line: Line, name: str, rest: str) -> Reply:
    again = f"{name} {rest}".strip()
    first = Button(again, "say", again) if len(again) <= SHOWN else Button(clip(name), "say", name)
    offers = [offer for offer in _draw_buttons(call, "help") if offer != first]
    return Reply(Message((Text(line), first, *offers), plain(line)))


def clip(text: str) -> str:
    """Clip a typed line to the length of a quote."""
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _draw_buttons(call: Call, *commands: str) -> list[Block]:
    names = [call.registry.commands[command_id].names.shown(call.texts.language) for command_id in commands]
    return [Button(name, "say", name) for name in names]


def fault(texts: Texts, reference: str) -> Reply:
    """Reply to a fault of Vigie with a reference for the administrator of the installation."""
    line = texts.line("fault", reference=reference)
    return Reply(Message((Text(line),), plain(line)), fault=True)
