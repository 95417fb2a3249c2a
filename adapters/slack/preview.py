"""A neutral message as Slack would be sent it, for the page that shows it (bot.cli gives it there)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.render import mentioned, render, single
from bot.message import TaskLine, Text, Who

if TYPE_CHECKING:
    from bot.message import Message

_UNSAFE = frozenset("<>|&")
"""What would end a mention's token."""


def preview(message: Message) -> dict[str, Any]:
    """The arguments of chat.postMessage. Members have no account where there is no Slack: their names stand for it."""
    return single(render(message, _names(message))).payload()


def _names(message: Message) -> dict[str, str]:
    wanted = mentioned(message)
    lines = [
        line
        for one in message.blocks
        if isinstance(one, Text | TaskLine)
        for line in (one.line, *getattr(one, "under", ()))
    ]
    spans = [span for line in lines for span in line if isinstance(span, Who)]
    return {span.member: span.name for span in spans if span.member in wanted and not _UNSAFE & set(span.name)}
