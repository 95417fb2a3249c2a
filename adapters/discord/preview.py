"""A neutral message as Discord would be sent it, for the page that shows it (bot.cli gives it there)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.discord.render import lines, render, single
from bot.message import Who

if TYPE_CHECKING:
    from bot.message import Message


_UNSAFE = frozenset("<>")
"""What would end a mention."""


def preview(message: Message) -> dict[str, Any]:
    """The body of the message. Members have no account where there is no Discord: their names stand for it."""
    spans = [span for line in lines(message) for span in line]
    called = [one for one in spans if isinstance(one, Who) and one.notify]
    names = {one.member: one.name for one in called if one.name.strip() and not _UNSAFE & set(one.name)}
    return single(render(message, names)).payload()
