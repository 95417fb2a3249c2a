"""Lines in Discord's Markdown, in which no text that people typed formats, links or mentions.

A backslash before any mark makes it a plain character; that is all the escaping that Discord knows.
https://docs.discord.com/developers/reference#message-formatting
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from bot.message import At, Strong, Where, Who

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.message import Line, Span

_MARKS = re.compile(r"[\\*_~`|<>\[\]@]|(?<!\s):(?=//)|:(?=[\w+-]+:)")
"""Emphasis, code, spoilers, mentions, links (masked or bare), emoji by name."""
_BEGINS = re.compile(r"(?m)^(\s*)([#+-])")
"""Headings, lists, small print."""
_NUMBERED = re.compile(r"(?m)^(\s*\d+)([.)])")
_OFTEN = 120
"""Longest text, in characters, whose escaped form is cached: titles, names and set phrases recur."""
_PIECE = 1200
"""Characters of a text that are escaped together: at worst twice as many, well within what one component holds."""
_STYLES = {"time": ("t",), "day": ("D",), "full": ("F", "R")}


def units(text: str) -> int:
    """Count characters as Discord's clients do: an emoji beyond the basic plane counts twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fits_surely(text: str, limit: int) -> bool:
    """Return True if a text is within a limit even when each character counts twice."""
    return 2 * len(text) <= limit


def clipped(text: str, limit: int) -> str:
    """Cut a text to at most `limit` units; an ellipsis marks the cut."""
    if _fits_surely(text, limit) or units(text) <= limit:
        return text
    kept, size = [], 1
    for char in text:
        size += units(char)
        if size > limit:
            break
        kept.append(char)
    return "".join(kept) + "…"


def label(text: str, limit: int) -> str:
    """Prepare a text that Discord shows without Markdown, never empty."""
    return clipped(" ".join(text.split()), limit) or "—"


def escaped(text: str) -> str:
    """Escape a text so that Discord reads no markup, mention or link in it, at any place of a line."""
    return _escape_cached(text) if len(text) <= _OFTEN else _escape(text)


def _escape(text: str) -> str:
    text = _MARKS.sub(r"\\\g<0>", text)
    text = _BEGINS.sub(r"\1\\\2", text)
    return _NUMBERED.sub(r"\1\\\2", text)


_escape_cached = lru_cache(maxsize=4096)(_escape)


def marked(line: Line, accounts: Mapping[str, str]) -> list[str]:
    """Write a line as Markdown, in pieces that must not be cut, each much shorter than the text of a component."""
    return [piece for span in _merge_strong(line) for piece in _split_span(span, accounts) if piece]


def _merge_strong(line: Line) -> Iterator[Span]:
    """Merge neighbouring emphasised spans, whose asterisks would meet."""
    strong = ""
    for span in line:
        if isinstance(span, Strong):
            strong += span.text
            continue
        if strong:
            yield Strong(strong)
            strong = ""
        yield span
    if strong:
        yield Strong(strong)


def _split_span(span: Span, accounts: Mapping[str, str]) -> list[str]:
    match span:
        case str():
            return [escaped(part) for part in cut(span, _PIECE)]
        case Strong():
            return [_strong(part) for part in cut(span.text, _PIECE)]
        case At():
            at = int(span.instant.timestamp())
            first, *styles = (f"<t:{at}:{style}>" for style in _STYLES[span.style])
            return [first + "".join(f" ({style})" for style in styles)]
        case Who():
            account = accounts.get(span.member) if span.notify else None
            return [f"<@{account}>"] if account else [escaped(part) for part in cut(span.name, _PIECE)]
        case Where():
            return [f"<#{span.channel}>"] if span.channel.isdecimal() else [escaped(span.text)]
        case _:
            assert_never(span)


def _strong(text: str) -> str:
    """Emphasise a text; asterisks must not stand beside spaces."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return f"{text[:start]}**{escaped(inner)}**{text[start + len(inner) :]}"


def cut(text: str, size: int) -> list[str]:
    """Cut a text into parts of at most `size` characters."""
    return [text] if 0 < len(text) <= size else [text[at : at + size] for at in range(0, len(text), size)]


def packed(pieces: Sequence[str], limit: int) -> Iterator[str]:
    """Join pieces into texts of at most `limit` units."""
    whole = "".join(pieces)
    if _fits_surely(whole, limit):
        yield from (whole,) if whole else ()
        return
    text, size = "", 0
    for piece in pieces:
        weight = units(piece)
        if text and size + weight > limit:
            yield text
            text, size = "", 0
        text, size = text + piece, size + weight
    if text:
        yield text
