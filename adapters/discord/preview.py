"""What a message becomes in Discord, for the page that shows it: the components alone, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.discord.render import mentioned, render, single

if TYPE_CHECKING:
    from bot.message import Message


def preview(message: Message) -> dict[str, Any]:
    """The body of the message; everybody who is mentioned is shown by an account of their own id."""
    return single(render(message, {one: one for one in mentioned(message)})).payload()
