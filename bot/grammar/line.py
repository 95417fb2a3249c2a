"""A typed line of the grammar: finding its command, checking the right, running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.spelling import exact
from bot.grammar.task_names import names_of
from bot.help.refusal import suggest_done, unknown_command
from bot.tasks.today import items_of
from bot.tasks.trigger import visible

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx

LONGEST_LINE = 4000
"""Characters of a typed line that are read; more is refused (Slack itself stops at 4,000)."""


def meant(text: str) -> str:
    """The line that is meant: nothing typed means the day; `/cm` in front is forgiven."""
    line = text.strip()
    if line.startswith("/cm"):
        line = line.removeprefix("/cm").strip()
    return line or "day"


def run_line(call: Call, tx: Tx, text: str) -> Reply:
    """Answer a typed line, as if it had been typed after `/cm`."""
    if len(text) > LONGEST_LINE:
        raise RefusalError("line.too_long", limit=LONGEST_LINE)
    command, rest = call.registry.resolve(meant(text))
    if command is None:
        return _unknown(call, tx, meant(text))
    if not call.team.ready and command.right is not None:
        raise RefusalError("setup.first")
    call.permit(command.right)
    return command.handler(call._replace(rest=rest.strip()), tx)


def _unknown(call: Call, tx: Tx, text: str) -> Reply:
    """What begins with none of our words: perhaps an open task's name alone, which a member may have meant to tick."""
    if call.member is not None:
        left = [item for item in visible(call, items_of(tx, call.team, call.today)) if item.is_open]
        if exact(text, names_of(left)):
            return suggest_done(call, text)
    return unknown_command(call, text)
