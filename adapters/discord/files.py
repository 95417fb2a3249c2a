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
"""Bytes of all files of a message: Discord accepts ten million from a bot, the multipart framing included."""
NAME = 60
_ODD = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to upload. Its name is letters, digits, dots and dashes: Discord changes any other."""

    name: str
    content: bytes


def uploaded(file: File, uploads: Sequence[Upload]) -> Upload | None:
    """Prepare a file next to `uploads` of the same message; None when it is empty, too heavy, or one too many."""
    content = file.content.encode("utf-8", "replace")
    if not content or len(uploads) >= MOST or len(content) + sum(len(upload.content) for upload in uploads) > HEAVIEST:
        return None
    name = _make_safe_name(file.name)
    twice = any(upload.name == name for upload in uploads)
    return Upload(f"{len(uploads) + 1}-{name}" if twice else name, content)


def _make_safe_name(name: str) -> str:
    """Reduce a name to characters that Discord keeps: « Bilan d’été.csv » becomes Bilan-d-ete.csv."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    safe = _ODD.sub("-", bare).strip("-.")
    stem, dot, ending = safe.rpartition(".")
    return f"{stem[: NAME - 10]}.{ending[:9]}" if dot else safe[:NAME] or "file"


def form(body: Json, uploads: Sequence[Upload]) -> list[Json]:
    """Build the fields of a multipart form from a body and its files."""
    kind = "application/octet-stream"
    payload = {"name": "payload_json", "value": json.dumps(body), "content_type": "application/json"}
    files = [
        {"name": f"files[{number}]", "value": upload.content, "filename": upload.name, "content_type": kind}
        for number, upload in enumerate(uploads)
    ]
    return [payload, *files]
