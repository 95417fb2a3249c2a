"""Names and titles that people type: bounded, on one line, and without characters that hide or turn what is read."""

from __future__ import annotations

import unicodedata

from bot.errors import RefusalError

LONGEST = 80
"""Characters of a title or a name: what a phone shows on two lines."""
_JOINERS = "\u200c\u200d"
_QUOTES = (("«", "»"), ("“", "”"), ("„", "“"), ('"', '"'))
_HIDDEN = {"Cf", "Cs", "Co", "Cn"}
"""Formats (bidirectional overrides among them), lone surrogates, private and unassigned characters."""


def cleaned(text: str) -> str:
    """The text on one line, single-spaced, without control, override or invisible characters."""
    kept = (" " if unicodedata.category(char) == "Cc" else char for char in text if _shown(char))
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split()).strip(_JOINERS)


def _shown(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in _HIDDEN


def unquoted(text: str) -> str:
    """The text without the quotation marks that hold all of it: they set a name apart, and are none of it."""
    for opens, closes in _QUOTES:
        inner = text[len(opens) : -len(closes)]
        if text.startswith(opens) and text.endswith(closes) and not {opens, closes} & {*inner}:
            return inner.strip()
    return text


def check_name(text: str) -> str:
    """A name or title as it is kept. RefusalError when nothing is left of it, or when it is too long to be one."""
    name = unquoted(cleaned(text))
    if not name:
        raise RefusalError("name.empty")
    if len(name) > LONGEST:
        raise RefusalError("name.too_long", start=f"{name[:30]}…", length=len(name), limit=LONGEST)
    return name


def shortened(text: str, otherwise: str = "") -> str:
    """A name that comes from elsewhere (a platform): never refused, cut where it is too long."""
    name = cleaned(text) or cleaned(otherwise)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
