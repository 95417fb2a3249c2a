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
    """Return a page of a list (from 1; the last page beyond the end). `again` is the command line of the list.

    Headings (notes) are not counted among the remaining lines, and none ends a page.
    """
    pages = _split_pages(blocks)
    number = min(max(number, 1), len(pages))
    shown = [*pages[number - 1]]
    remaining = sum(not _is_heading(block) for rest in pages[number:] for block in rest)
    if remaining > 0:
        shown.append(Text(texts.line("list.more", count=remaining), "note"))
        shown.append(Button(texts.text("button.more"), "say", f"{again} {number + 1}"))
    return shown


def _split_pages(blocks: Sequence[Block]) -> list[Sequence[Block]]:
    """Cut a list into pages of at most LINES blocks; a heading stands on the page of its first line."""
    pages: list[Sequence[Block]] = []
    start = 0
    while start < len(blocks):
        end = min(start + LINES, len(blocks))
        if end < len(blocks) and end - start > 1 and _is_heading(blocks[end - 1]):
            end -= 1
        pages.append(blocks[start:end])
        start = end
    return pages or [()]


def _is_heading(block: Block) -> bool:
    return isinstance(block, Text) and block.style == "note"


def page_number(rest: str) -> tuple[str, int]:
    """Split a typed line into its text and the page number at its end (1 if there is none)."""
    head, _, tail = rest.rpartition(" ")
    return (head, int(tail)) if tail.isdecimal() and len(tail) < 4 else (rest, 1)  # noqa: PLR2004
