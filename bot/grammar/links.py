"""Addresses in a typed line."""

from __future__ import annotations

import re

from bot.grammar.names import cleaned

_ADDRESS = re.compile(r"<?(https?://[^\s<>|]+)(?:\|[^>]*)?>?", re.IGNORECASE)


def split_link(line: str) -> tuple[str, str]:
    """Return the first address in a line ("" if there is none) and the words around it."""
    match = _ADDRESS.search(line)
    if match is None:
        return "", cleaned(line)
    return match[1], cleaned(f"{line[: match.start()]} {line[match.end() :]}")
