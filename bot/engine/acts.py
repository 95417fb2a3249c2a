"""A post that may be there or not: the lead has looked, and says which. Nothing is posted again before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.lead_alerts import UNSURE
from bot.engine.posting import edit_of
from bot.errors import RefusalError
from bot.message import Message, Reply, Text, plain
from bot.registry import press
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@press("is_there", right=Right.EDIT)
def is_there(call: Call, tx: Tx) -> Reply:
    """Record that the message is there: nothing more is owed."""
    return _decided(call, tx, "is_there")


@press("post_again", right=Right.EDIT)
def post_again(call: Call, tx: Tx) -> Reply:
    """Post the message again, drawn from the state as it is now."""
    return _decided(call, tx, "post_again")


def _decided(call: Call, tx: Tx, act: str) -> Reply:
    if not tx.outbox.decide(call.team.id, call.rest, tx.now if act == "post_again" else None):
        raise RefusalError("unsure.decided")
    tx.audit.write(call.entry(tx, act, "delivery", call.rest))
    question = tx.postings.newest(call.team.id, UNSURE)
    if question is not None:
        tx.postings.touch_one(call.team.id, question.id)
        tx.outbox.owe([edit_of(call.team.id, question.id, tx.now)])
    line = call.line(f"unsure.{act}")
    return Reply(Message((Text(line),), plain(line)))
