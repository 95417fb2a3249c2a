"""Answer to a question with lines to choose from: the lines are kept in a note that the button names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.line import run_line
from bot.grammar.question import ASKED
from bot.registry import press

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
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
