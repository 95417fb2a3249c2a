"""A neutral message as the body that Discord would receive, for the preview page (bot.cli passes it on)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.discord.render import lines, render, single
from bot.message import Who

if TYPE_CHECKING:
    from bot.message import Message


_UNSAFE = frozenset("<>")
"""Characters that would end a mention."""


def preview(message: Message) -> dict[str, Any]:
    """Render the body of the message; members have no account in a preview, so their names stand in for it."""
    spans = [span for line in lines(message) for span in line]
    called = [span for span in spans if isinstance(span, Who) and span.notify]
    names = {span.member: span.name for span in called if span.name.strip() and not _UNSAFE & set(span.name)}
    return single(render(message, names)).payload()
