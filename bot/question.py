"""Asking back when several things fit: one button a reading, each standing for a whole line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.ids import new_id
from bot.message import Button, Message, Reply, Text, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx


def ask(call: Call, tx: Tx, question: Line, choices: Sequence[tuple[str, str]]) -> Reply:
    """A question with (label, line) to choose from. A line may be longer than a button can carry: it is kept here."""
    note = new_id(tx.now)
    tx.notes.put(call.team.id, note, "\n".join(line for _, line in choices))
    buttons = [Button(label, "chosen", f"{note}:{place}") for place, (label, _) in enumerate(choices)]
    return Reply(Message((Text(question), *buttons), plain(question)))
