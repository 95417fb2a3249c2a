"""Button [Annuler] under an answer: undo the act that the answer confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.record.undo import undo_request
from bot.registry import press

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx


@press("take_back")
def take_back(call: Call, tx: Tx) -> Reply:
    """Undo the act whose id the button carries."""
    return undo_request(call, tx, call.rest)
