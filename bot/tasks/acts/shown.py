"""[Montrer au canal]: what was answered to one person, said again to everybody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.line import run_line
from bot.message import Reply
from bot.registry import press
from bot.tasks.cards.showing import SHOW, shown
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@press(SHOW, right=Right.SEE)
def show(call: Call, tx: Tx) -> Reply:
    """The line of the button, answered anew in the team's language; only what looks can be shown."""
    command, _ = call.registry.resolve(call.rest)
    if command is None or not command.reads or not call.request.channel:
        raise RefusalError("button.unknown")
    public = call._replace(member=replace(call.me, language=None), request=call.request._replace(channel=""))
    reply = run_line(public, tx, call.rest)
    return Reply(shown(call, reply.message), "channel") if reply.message and not reply.refused else reply
