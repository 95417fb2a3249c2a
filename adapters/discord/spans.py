"""Lines as Discord reads them: its Markdown, in which nothing that people typed formats, links or mentions.

A backslash before any mark makes it a plain character; that is all the escaping that Discord knows.
https://docs.discord.com/developers/reference#message-formatting
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from bot.message import At, Strong, Who

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.message import Line, Span

_MARKS = re.compile(r"[\\*_~`|<>\[\]@]|(?<!\s):(?=//)|:(?=[\w+-]+:)")
"""Emphasis, code, spoilers, mentions, links (masked or bare), emoji by name."""
_BEGINS = re.compile(r"(?m)^(\s*)([#+-])")
"""Headings, lists, small print."""
_NUMBERED = re.compile(r"(?m)^(\s*\d+)([.)])")
_OFTEN = 120
"""Characters of what may be a title, a name, a set phrase: those are shown again and again."""
_PIECE = 1200
"""Characters of a text that are escaped together: at worst twice as many, well within what one component holds."""
_STYLES = {"time": ("t",), "day": ("D",), "full": ("F", "R")}


def units(text: str) -> int:
    """The length as Discord's clients count it: an emoji beyond the basic plane counts twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _surely(text: str, limit: int) -> bool:
    """Whether a text is within a limit even if each character counts twice."""
    return 2 * len(text) <= limit


def clipped(text: str, limit: int) -> str:
    """At most `limit` units, an ellipsis showing that there was more."""
    if _surely(text, limit) or units(text) <= limit:
        return text
    kept, size = [], 1
    for char in text:
        size += units(char)
        if size > limit:
            break
        kept.append(char)
    return "".join(kept) + "…"


def label(text: str, limit: int) -> str:
    """A text that Discord shows as it stands, never empty."""
    return clipped(" ".join(text.split()), limit) or "—"


def escaped(text: str) -> str:
    """Text in which no markup, mention or link can be read, wherever in a line it stands."""
    return _known(text) if len(text) <= _OFTEN else _escaped(text)


def _escaped(text: str) -> str:
    text = _MARKS.sub(r"\\\g<0>", text)
    text = _BEGINS.sub(r"\1\\\2", text)
    return _NUMBERED.sub(r"\1\\\2", text)


_known = lru_cache(maxsize=4096)(_escaped)


def marked(line: Line, accounts: Mapping[str, str]) -> list[str]:
    """The line as Markdown, in pieces none of which can be cut, each much shorter than a component's text."""
    return [piece for span in _together(line) for piece in _pieces(span, accounts) if piece]


def _together(line: Line) -> Iterator[Span]:
    """Emphasised neighbours as one: their stars would meet."""
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


def _pieces(span: Span, accounts: Mapping[str, str]) -> list[str]:
    match span:
        case str():
            return [escaped(part) for part in cut(span, _PIECE)]
        case Strong():
            return [_strong(part) for part in cut(span.text, _PIECE)]
        case At():
            at = int(span.instant.timestamp())
            first, *others = (f"<t:{at}:{style}>" for style in _STYLES[span.style])
            return [first + "".join(f" ({one})" for one in others)]
        case Who():
            account = accounts.get(span.member) if span.notify else None
            return [f"<@{account}>"] if account else [escaped(part) for part in cut(span.name, _PIECE)]
        case _:
            assert_never(span)


def _strong(text: str) -> str:
    """Stars do not stand beside spaces."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return f"{text[:start]}**{escaped(inner)}**{text[start + len(inner) :]}"


def cut(text: str, size: int) -> list[str]:
    """The text in parts of at most so many characters."""
    return [text] if 0 < len(text) <= size else [text[at : at + size] for at in range(0, len(text), size)]


def packed(pieces: Sequence[str], limit: int) -> Iterator[str]:
    """Pieces put together into texts of at most `limit` units."""
    whole = "".join(pieces)
    if _surely(whole, limit):
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
