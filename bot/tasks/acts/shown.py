"""Button [Montrer au canal]: post in the channel the answer that one member received."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.line import run_line
from bot.message import Reply
from bot.registry import press
from bot.tasks.cards.showing import SHOW, sign_answer
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@press(SHOW, right=Right.SEE)
def show(call: Call, tx: Tx) -> Reply:
    """Run the button's line again in the team's language and answer in the channel; only a reading command."""
    command, _ = call.registry.resolve(call.rest)
    if command is None or not command.reads or not call.request.channel:
        raise RefusalError("button.unknown")
    public = call._replace(member=replace(call.me, language=None), request=call.request._replace(channel=""))
    reply = run_line(public, tx, call.rest)
    return Reply(sign_answer(call, reply.message), "channel") if reply.message and not reply.refused else reply
