"""Asking back when several things fit: one button a reading, each standing for a whole line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.ids import new_id
from bot.message import Button, Message, Reply, Text, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx


class SeveralError(RefusalError):
    """A name that may be several things: (label, key) of each, and the words that were typed for it."""

    def __init__(self, typed: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__("task.several", name=typed[:40], known=[label for label, _ in choices])
        self.typed = typed
        self.choices = choices


ASKED = "?"
"""The first line of a note that keeps a question: unanswered, it is forgotten after a while (bot.engine.engine)."""


def which(call: Call, tx: Tx, error: SeveralError, head: str, rest: str) -> Reply:
    """« 2 tâches se ressemblent : … Laquelle ? » ; `head` is the line up to its verb, `rest` what followed it."""
    tail = " ".join(rest.split()).removeprefix(" ".join(error.typed.split()))
    labels = [label for label, _ in error.choices]
    question = call.line("ask.near", count=len(labels), titles=call.texts.listing(labels))
    return ask(call, tx, question, [(label, f"{head} {key}{tail}") for label, key in error.choices])


def ask(call: Call, tx: Tx, question: Line, choices: Sequence[tuple[str, str]]) -> Reply:
    """A question with (label, line) to choose from. A line may be longer than a button can carry: it is kept here."""
    note = new_id(tx.now)
    tx.notes.put(call.team.id, note, "\n".join((ASKED, *(line for _, line in choices))))
    buttons = [Button(label, "chosen", f"{note}:{place}") for place, (label, _) in enumerate(choices)]
    return Reply(Message((Text(question), *buttons), plain(question)))


def confirm(call: Call, tx: Tx, question: Line, line: str) -> Reply:
    """Ask [Confirmer] [Non] before running a line that takes something away; confirmed, it runs with that said."""
    note = new_id(tx.now)
    tx.notes.put(call.team.id, note, f"{ASKED}\n{line}")
    buttons = (
        Button(call.texts.text("button.confirm"), "confirmed", note, "danger"),
        Button(call.texts.text("button.no"), "declined", note),
    )
    return Reply(Message((Text(question), *buttons), plain(question)))
