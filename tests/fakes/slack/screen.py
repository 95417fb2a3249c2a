"""What people read of a message or a view, from its blocks: not from its fallback text."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
_DATE = re.compile(r"<!date\^\d+\^[^|>]*\|([^>]*)>")
_USER = re.compile(r"<@(\w+)>")


def shown(message: Json) -> str:
    """Return the words of a message, a line per block; without blocks, its text."""
    blocks = message.get("blocks") or []
    return "\n".join(_read_words(block) for block in blocks) if blocks else _read_plain(str(message.get("text", "")))


def _read_words(block: Any) -> str:
    match block:
        case {"type": "rich_text", "elements": list(elements)}:
            return "".join(_read_rich(element) for element in elements)
        case {"type": "table", "rows": list(rows)}:
            return "\n".join(" | ".join(cell["text"] for cell in row) for row in rows)
        case {"type": "data_visualization", "title": str(title)}:
            return f"[{title}]"
        case {"type": "mrkdwn", "text": str(text)}:
            return _read_plain(text)
        case {"type": "plain_text", "text": str(text)}:
            return text
        case dict():
            parts = [block.get(key) for key in ("label", "text", "placeholder", "hint", "accessory", "element")]
            parts += [*block.get("elements", []), *block.get("options", [])]
            return " ".join(_read_words(part) for part in parts if isinstance(part, dict))
        case _:
            return ""


def _read_rich(element: Json) -> str:
    match element:
        case {"elements": list(elements)}:
            return "".join(_read_rich(element) for element in elements)
        case {"type": "link", "url": str(url)}:
            return f"{element.get('text', '')} ({url})"
        case {"type": "date", "fallback": str(fallback)}:
            return fallback
        case {"type": "user", "user_id": str(user)}:
            return f"@{user}"
        case {"text": str(text)}:
            return text
        case _:
            return ""


def _read_plain(text: str) -> str:
    text = _USER.sub(r"@\1", _DATE.sub(r"\1", text))
    for escape, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(escape, char)
    return text.replace("*", "")
