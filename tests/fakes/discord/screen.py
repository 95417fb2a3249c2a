"""What people read of a message or a form: from its components, or from its content and embeds."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
_WHEN = re.compile(r"<t:(\d+)(?::\w)?>")
_ESCAPED = re.compile(r"\\([\\*_~`|>#\[\]()@<:.\-+!])")


def shown(message: Json) -> str:
    """The words of a message, a line per component."""
    lines = [_plain(str(message.get("content") or ""))]
    for embed in message.get("embeds") or []:
        lines += [_plain(str(embed.get(key) or "")) for key in ("title", "description", "url")]
        lines += [f"{_plain(one['name'])} {_plain(one['value'])}" for one in embed.get("fields") or []]
    lines += [_words(one) for one in message.get("components") or []]
    lines += [str(one.get("filename", "")) for one in message.get("attachments") or []]
    return "\n".join(line for line in lines if line)


def _words(one: Json) -> str:
    """A component with everything in it."""
    own = [str(one.get(key) or "") for key in ("content", "label", "placeholder", "description", "url", "value")]
    emoji = (one.get("emoji") or {}).get("name") if isinstance(one.get("emoji"), dict) else ""
    own += [str(option["label"]) for option in one.get("options") or []]
    own += [str((one.get("file") or {}).get("url") or "").removeprefix("attachment://")]
    own += [str(item.get("description") or "") for item in one.get("items") or []]
    words = [f"{emoji} " if emoji else "", *(_plain(text) for text in own if text)]
    inner = [*(one.get("components") or []), *filter(None, (one.get("component"), one.get("accessory")))]
    return "\n".join(filter(None, [" ".join(words).strip(), *(_words(x) for x in inner)]))


def _plain(text: str) -> str:
    """Without markup that does not show: bold, escapes. Moments stay as they are written."""
    return _ESCAPED.sub(r"\1", text.replace("**", "").replace("__", ""))
