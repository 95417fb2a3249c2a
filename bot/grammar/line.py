"""A typed line of the grammar: finding its command, checking the right, running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.courtesy import says_day, says_done, small_talk, without_courtesy
from bot.grammar.spelling import exact
from bot.grammar.task_names import names_of
from bot.help.refusal import chat, suggest_done, unknown_command
from bot.tasks.today import items_of
from bot.tasks.trigger import visible

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx
    from bot.registry import Registry

LONGEST_LINE = 4000
"""Characters of a typed line that are read; more is refused (Slack itself stops at 4,000)."""


def interpret(text: str, registry: Registry) -> str:
    """Return the line that is meant: nothing typed is the day; `/cm`, polite words and ways to say it are forgiven."""
    line = without_courtesy(text) or "day"
    meaning = says_day(line)
    if meaning is None and registry.resolve(line)[0] is None:
        meaning = says_done(line)
    return meaning or line


def run_line(call: Call, tx: Tx, text: str) -> Reply:
    """Answer a typed line, as if it had been typed after `/cm`."""
    if len(text) > LONGEST_LINE:
        raise RefusalError("line.too_long", limit=LONGEST_LINE)
    line = interpret(text, call.registry)
    command, rest = call.registry.resolve(line)
    if command is None:
        return _unknown(call, tx, line)
    if not call.team.ready and command.right is not None:
        raise RefusalError("setup.first")
    call.permit(command.right)
    return command.handler(call._replace(rest=rest.strip()), tx)


def _unknown(call: Call, tx: Tx, text: str) -> Reply:
    """Answer what begins with none of our words: small talk, or an open task's name that a member meant to tick."""
    talk = small_talk(text)
    if talk is not None:
        return chat(call, talk)
    if call.member is not None:
        left = [item for item in visible(call, items_of(tx, call.team, call.today)) if item.is_open]
        if exact(text, names_of(left)):
            return suggest_done(call, text)
    return unknown_command(call, text)
