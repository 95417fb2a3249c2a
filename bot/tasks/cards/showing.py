"""[Montrer au canal]: an answer about the team, given in private where it was asked for in a channel (PRODUCT §3.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.message import Button, Message, Text

if TYPE_CHECKING:
    from bot.call import Call

SHOW = "show"


def showable(call: Call, message: Message, line: str) -> Message:
    """The answer with the button that shows it to the channel where it was asked for; as it is where there is none.

    `line` is what gives the same answer again: it is looked up anew when the button is pressed.
    """
    if not call.request.channel:
        return message
    return replace(message, blocks=(*message.blocks, Button(call.texts.text("button.show_channel"), SHOW, line)))


def shown(call: Call, message: Message) -> Message:
    """The answer as the channel sees it, with the name of who shows it."""
    line = call.roster.texts.line("show.by", who=call.me.name)
    return replace(message, blocks=(*message.blocks, Text(line, "note")))
