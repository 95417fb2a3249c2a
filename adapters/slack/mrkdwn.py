"""Lines as Slack reads them: mrkdwn where nothing typed can be taken for markup, rich text where it could."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, assert_never

from bot.message import At, Strong, Where, Who

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.message import Line, Span

LONGEST = 2900
"""Characters of one text (Slack takes 3,000), whatever the block."""
_MARKUP = re.compile(r"[*_~`]|:[\w+-]+:|(?:^|\n)\s*>")
"""What Slack would read as markup; escaping cannot prevent that, rich text can."""
_SIGNS = re.compile(r"[*_~`:>]")
"""What all markup has in it: found in a tenth of the time."""
_FORMATS = {"time": "{time}", "day": "{date_pretty}", "full": "{date_pretty} {time}"}

Accounts = dict[str, str]
"""Internal member id → Slack user id, of the members whom a message mentions."""


_CHANNEL = re.compile("[CG][A-Z0-9]{2,}")
"""Slack's ids of channels."""


def escaped(text: str) -> str:
    """Escape text so that no mention, link or token can be read in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(line: Line, accounts: Mapping[str, str]) -> str | None:
    """Render a line as mrkdwn; None when only rich text is exact, or when it is too long."""
    words = [
        span if isinstance(span, str) else span.text if isinstance(span, Strong) else getattr(span, "name", "")
        for span in line
    ]
    joined = "\n".join(words)  # each begins a line, where Slack reads more markup
    if (_SIGNS.search(joined) and _MARKUP.search(joined)) or not _is_spaced(line):
        return None
    marked = "".join([_render_span(span, accounts) for span in line])
    return marked if len(marked) <= LONGEST and marked.strip() else None


def _is_spaced(line: Sequence[Span]) -> bool:
    """Return whether spaces surround emphasised words: within a word Slack shows the stars themselves."""
    for index, span in enumerate(line):
        if isinstance(span, Strong):
            before, after = line[index - 1 : index], line[index + 1 : index + 2]
            if span.text != span.text.strip() or not span.text or "\n" in span.text:
                return False
            if (before and _edge_character(before[0], -1).isalnum()) or (
                after and _edge_character(after[0], 0).isalnum()
            ):
                return False
            if (before and not isinstance(before[0], str)) or (after and not isinstance(after[0], str)):
                return False
    return True


def _edge_character(span: Span, index: int) -> str:
    return (span[index] if span else "") if isinstance(span, str) else ""


def _render_span(span: Span, accounts: Mapping[str, str]) -> str:
    match span:
        case str():
            return escaped(span)
        case Strong(text):
            return f"*{escaped(text)}*"
        case At(instant, text, style):
            fallback = escaped(text).replace("|", "/")
            return f"<!date^{int(instant.timestamp())}^{_FORMATS[style]}|{fallback}>"
        case Who(member, name, notify):
            return f"<@{accounts[member]}>" if notify and member in accounts else escaped(name)
        case Where(channel, text):
            return f"<#{channel}>" if _CHANNEL.fullmatch(channel) else escaped(text)
        case _:
            assert_never(span)


def rich(line: Line, accounts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Build the elements of a rich text section, in which nothing is read as markup."""
    return [element for span in line for element in _build_elements(span, accounts)]


def _build_elements(span: Span, accounts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    match span:
        case str():
            yield from ({"type": "text", "text": part} for part in parts(span))
        case Strong(text):
            yield from ({"type": "text", "text": part, "style": {"bold": True}} for part in parts(text))
        case At(instant, text, style):
            stamp = int(instant.timestamp())
            yield {"type": "date", "timestamp": stamp, "format": _FORMATS[style], "fallback": text or "…"}
        case Who(member, name, notify):
            if notify and member in accounts:
                yield {"type": "user", "user_id": accounts[member]}
            else:
                yield from ({"type": "text", "text": part} for part in parts(name))
        case Where(channel, text):
            if _CHANNEL.fullmatch(channel):
                yield {"type": "channel", "channel_id": channel}
            else:
                yield from ({"type": "text", "text": part} for part in parts(text))
        case _:
            assert_never(span)


def parts(text: str) -> Iterator[str]:
    """Split a text into pieces within Slack's limit, after a line or a word where possible."""
    while len(text) > LONGEST:
        cut = max(text.rfind("\n", LONGEST // 2, LONGEST), text.rfind(" ", LONGEST // 2, LONGEST)) + 1 or LONGEST
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def clipped(text: str, longest: int) -> str:
    """Clip a label, with « … » at the cut; never empty (Slack refuses empty texts)."""
    text = " ".join(text.split()) or "…"
    return text if len(text) <= longest else text[: longest - 1] + "…"


def simple(text: str, longest: int = 75) -> dict[str, Any]:
    """Build a plain_text object, in which Slack reads no markup."""
    return {"type": "plain_text", "text": clipped(text, longest), "emoji": False}
