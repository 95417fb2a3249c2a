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
    """Build the arguments of chat.postMessage, with names in place of accounts, which do not exist without Slack."""
    return single(render(message, _collect_names(message))).payload()


def _collect_names(message: Message) -> dict[str, str]:
    names = mentioned(message)
    lines = [
        line
        for block in message.blocks
        if isinstance(block, Text | TaskLine)
        for line in (block.line, *getattr(block, "under", ()))
    ]
    spans = [span for line in lines for span in line if isinstance(span, Who)]
    return {span.member: span.name for span in spans if span.member in names and not _UNSAFE & set(span.name)}
