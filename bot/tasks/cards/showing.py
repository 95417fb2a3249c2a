"""Button [Montrer au canal] on a private answer about the team that was asked for in a channel (PRODUCT §3.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.message import Button, Message, Text

if TYPE_CHECKING:
    from bot.call import Call

SHOW = "show"


def add_show_button(call: Call, message: Message, line: str) -> Message:
    """Add the button that shows an answer to its channel; return it unchanged where there is no channel.

    `line` gives the same answer again: it is run anew when the button is pressed.
    """
    if not call.request.channel:
        return message
    return replace(message, blocks=(*message.blocks, Button(call.texts.text("button.show_channel"), SHOW, line)))


def sign_answer(call: Call, message: Message) -> Message:
    """Add the name of the member who shows an answer to the channel."""
    line = call.roster.texts.line("show.by", who=call.me.name)
    return replace(message, blocks=(*message.blocks, Text(line, "note")))
