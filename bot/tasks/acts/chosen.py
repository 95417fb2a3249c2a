"""Answer to a question with lines to choose from: the lines are kept in a note that the button names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.line import run_line
from bot.grammar.question import ASKED
from bot.message import Message, Reply, Text, plain
from bot.registry import press

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@press("chosen")
def chosen(call: Call, tx: Tx) -> Reply:
    """Run the chosen line and erase the question: its other buttons are of no use then."""
    note, _, place = call.rest.partition(":")
    _, *lines = (tx.notes.get(call.team.id, note) or ASKED).split("\n")
    if not place.isdecimal() or int(place) >= len(lines) or not lines[int(place)]:
        raise RefusalError("button.unknown")
    reply = run_line(call, tx, lines[int(place)])
    tx.notes.erase(call.team.id, note)
    return reply


@press("confirmed")
def confirmed(call: Call, tx: Tx) -> Reply:
    """Run the line that was asked about, and erase the question."""
    reply = run_line(call._replace(confirmed=True), tx, _read_line(call, tx))
    tx.notes.erase(call.team.id, call.rest)
    return reply


@press("declined")
def declined(call: Call, tx: Tx) -> Reply:
    """Erase the question and change nothing."""
    _read_line(call, tx)
    tx.notes.erase(call.team.id, call.rest)
    line = call.line("change.none")
    return Reply(Message((Text(line),), plain(line)))


def _read_line(call: Call, tx: Tx) -> str:
    """Return the line of the question; RefusalError once it is answered."""
    mark, _, line = (tx.notes.get(call.team.id, call.rest) or "").partition("\n")
    if mark != ASKED or not line:
        raise RefusalError("button.unknown")
    return line
