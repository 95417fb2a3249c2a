"""Files beside a message: uploaded under names that Discord leaves as they are, so that components can name them.

https://docs.discord.com/developers/reference#uploading-files
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.message import File

Json = dict[str, Any]

MOST = 10
"""Files of one message."""
HEAVIEST = 8_000_000
"""Bytes of all of them: Discord takes ten million of a bot, with everything around them."""
NAME = 60
_ODD = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way. Its name is letters, digits, dots and dashes: Discord changes any other."""

    name: str
    content: bytes


def uploaded(file: File, others: Sequence[Upload]) -> Upload | None:
    """The file beside those that leave with it; None when it is empty, too heavy, or one too many."""
    content = file.content.encode("utf-8", "replace")
    if not content or len(others) >= MOST or len(content) + sum(len(one.content) for one in others) > HEAVIEST:
        return None
    name = _named(file.name)
    twice = any(one.name == name for one in others)
    return Upload(f"{len(others) + 1}-{name}" if twice else name, content)


def _named(name: str) -> str:
    """« Bilan d’été.csv » is Bilan-d-ete.csv."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    safe = _ODD.sub("-", bare).strip("-.")
    stem, dot, ending = safe.rpartition(".")
    return f"{stem[: NAME - 10]}.{ending[:9]}" if dot else safe[:NAME] or "file"


def form(body: Json, uploads: Sequence[Upload]) -> list[Json]:
    """A body with its files, as the fields of a multipart form."""
    kind = "application/octet-stream"
    said = {"name": "payload_json", "value": json.dumps(body), "content_type": "application/json"}
    files = [
        {"name": f"files[{number}]", "value": one.content, "filename": one.name, "content_type": kind}
        for number, one in enumerate(uploads)
    ]
    return [said, *files]
