"""Pages of long lists: a limited number of lines, « … et 4 autres », and a button for the next page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Button, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Texts
    from bot.message import Block

LINES = 12
"""Lines of a card before « … et N autres »."""


def page(texts: Texts, blocks: Sequence[Block], number: int, again: str) -> list[Block]:
    """Return a page of a list (from 1; the last page beyond the end). `again` is the command line of the list."""
    last = max(1, -(-len(blocks) // LINES))
    number = min(max(number, 1), last)
    shown = list(blocks[(number - 1) * LINES : number * LINES])
    remaining = len(blocks) - number * LINES
    if remaining > 0:
        shown.append(Text(texts.line("list.more", count=remaining), "note"))
        shown.append(Button(texts.text("button.more"), "say", f"{again} {number + 1}"))
    return shown


def page_number(rest: str) -> tuple[str, int]:
    """Split a typed line into its text and the page number at its end (1 if there is none)."""
    head, _, tail = rest.rpartition(" ")
    return (head, int(tail)) if tail.isdecimal() and len(tail) < 4 else (rest, 1)  # noqa: PLR2004
