"""What Discord refuses and its OpenAPI file does not know. Each check gives complaints, in words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.payloads import COMPONENTS_V2

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
ROW, BUTTON, LINK_STYLE, PREMIUM_STYLE, TEXT_DISPLAY, FILE = 1, 2, 5, 6, 10, 13
NAME = re.compile(r"[-_'\w]{1,32}")


def parts(value: Any) -> Iterator[Json]:
    """Every component, however deep."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            if isinstance(one.get("type"), int):
                yield one
            for key in ("components", "component", "accessory"):
                if one.get(key):
                    yield from parts(one[key])


def message(body: Json, *, old: Json | None = None) -> list[str]:
    """Complaints about a message that is sent, or that `old` is edited into."""
    flags = int(body.get("flags") or 0) | int((old or {}).get("flags") or 0)
    v2 = bool(flags & COMPONENTS_V2)
    found = _contents(body, v2=v2) + _components(body.get("components") or [], v2=v2) + _files(body, v2=v2)
    if not old and not _anything(body):
        found.append("50006: an empty message")
    return found


def _files(body: Json, *, v2: bool) -> list[str]:
    """What is uploaded is announced, under a name that Discord keeps; in components V2 it is shown by one of them."""
    files = body.get("files") or {}
    names = [name for name, _ in files.values()]
    announced = {str(one["id"]): one.get("filename") for one in body.get("attachments") or []}
    shown = [one["file"]["url"] for one in parts(body.get("components") or []) if one["type"] == FILE]
    found = [f"a file's name: {name}" for name in names if not re.fullmatch(r"[\w.-]+", name, re.ASCII)]
    found += [] if len(files) <= 10 and len(set(names)) == len(names) else ["over ten files, or a name twice"]
    found += ["an empty file"] if any(not content for _, content in files.values()) else []
    found += ["files over 10 MB"] if sum(len(content) for _, content in files.values()) > 10_000_000 else []
    found += [] if announced == {number: name for number, (name, _) in files.items()} else ["attachments are not files"]
    if v2 and sorted(shown) != sorted(f"attachment://{name}" for name in names):
        found.append(f"files {names}, shown {shown}")
    return found


def _anything(body: Json) -> bool:
    keys = ("content", "embeds", "components", "attachments", "poll", "files", "sticker_ids")
    return any(body.get(key) for key in keys)


def _contents(body: Json, *, v2: bool) -> list[str]:
    found = []
    if v2 and (body.get("content") or body.get("embeds") or body.get("poll")):
        found.append("components V2 beside content, embeds or a poll")
    if len(body.get("content") or "") > 2000:
        found.append("content over 2,000")
    if sum(_embed(one) for one in body.get("embeds") or []) > 6000:
        found.append("embeds over 6,000")
    if len(str(body.get("nonce") or "")) > 25:
        found.append("nonce over 25")
    return found


def _embed(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    texts += [part for one in embed.get("fields") or [] for part in (one.get("name"), one.get("value"))]
    return sum(len(one or "") for one in texts)


def _components(components: list[Json], *, v2: bool) -> list[str]:
    every = list(parts(components))
    found = [] if v2 or len(components) <= 5 else ["over five rows"]
    if v2 and len(every) > 40:
        found.append(f"{len(every)} components, over 40")
    if not v2 and any(one["type"] != ROW for one in components):
        found.append("a component that is no row, without the flag of components V2")
    if sum(len(one.get("content", "")) for one in every if one["type"] == TEXT_DISPLAY) > 4000:
        found.append("displayed text over 4,000")
    for one in every:
        found += _component(one)
    ids = Counter(one["custom_id"] for one in every if "custom_id" in one)
    return found + [f"custom_id twice: {name}" for name, times in ids.items() if times > 1]


def _component(one: Json) -> list[str]:
    match one["type"]:
        case 1 if len(one.get("components") or []) not in range(1, 6):
            return ["a row without or with over five components"]
        case 2 if one.get("style") == LINK_STYLE and not one.get("url"):
            return ["a link without an address"]
        case 2 if one.get("style") not in (LINK_STYLE, PREMIUM_STYLE) and not one.get("custom_id"):
            return ["a button without custom_id"]
        case 2 if not one.get("label") and not one.get("emoji"):
            return ["a button without words"]
        case 3 if not 1 <= len(one.get("options") or []) <= 25:
            return ["a select with no or over 25 options"]
        case 3 if len({option["value"] for option in one["options"]}) < len(one["options"]):
            return ["two options with one value"]
        case 10 if not one.get("content", "").strip():
            return ["an empty text"]
        case _:
            return [] if len(one.get("custom_id") or "") <= 100 else ["custom_id over 100"]


def modal(body: Json) -> list[str]:
    """Complaints about a modal."""
    components = body.get("components") or []
    found = [] if 1 <= len(body.get("title") or "") <= 45 else ["a modal's title outside 1-45"]
    if not 1 <= len(components) <= 5:
        found.append("a modal with no or over five components")
    if not 1 <= len(body.get("custom_id") or "") <= 100:
        found.append("a modal's custom_id outside 1-100")
    ids = Counter(one["custom_id"] for one in parts(components) if "custom_id" in one)
    found += [f"custom_id twice: {name}" for name, times in ids.items() if times > 1]
    for one in parts(components):
        if len(one.get("label") or "") > 45:
            found.append("a label over 45")
        if len(one.get("description") or "") > 100:
            found.append("a label's description over 100")
    return found


def choices(found: list[Json]) -> list[str]:
    """Complaints about what an autocomplete answers."""
    wrong = [] if len(found) <= 25 else ["over 25 choices"]
    fine = all(1 <= len(one["name"]) <= 100 and len(str(one["value"])) <= 100 for one in found)
    return wrong + ([] if fine else ["a choice outside 1-100"])


def commands(every: list[Json]) -> list[str]:
    """Complaints about a set of commands."""
    kinds = Counter(one.get("type", 1) for one in every)
    found = [
        f"over the number of commands of type {kind}" for kind, n in kinds.items() if n > (100 if kind == 1 else 15)
    ]
    names = Counter((one.get("type", 1), one["name"]) for one in every)
    found += [f"two commands {name}" for (_, name), times in names.items() if times > 1]
    for one in every:
        if one.get("type", 1) == 1:
            found += _entry(one) + ([f"{one['name']}: over 8,000"] if size(one) > 8000 else [])
    return found


def size(command: Json) -> int:
    """Characters of names, descriptions and values, the longest localisation counted."""
    total = 0
    for key in ("name", "description"):
        said = [command.get(key) or "", *(command.get(f"{key}_localizations") or {}).values()]
        total += max(len(one) for one in said)
    total += len(command["value"]) if isinstance(command.get("value"), str) else 0
    inner = [*(command.get("options") or []), *(command.get("choices") or [])]
    return total + sum(size(one) for one in inner)


def _entry(one: Json) -> list[str]:
    options = one.get("options") or []
    names = [one["name"], *(one.get("name_localizations") or {}).values()]
    about = [one.get("description") or "", *(one.get("description_localizations") or {}).values()]
    found = [f"a name: {name}" for name in names if not _named(name)]
    found += [f"{one['name']}: a description outside 1-100" for text in about if not 1 <= len(text) <= 100]
    if len(options) > 25 or len(one.get("choices") or []) > 25:
        found.append(f"{one['name']}: over 25")
    found += [f"{one['name']}: a name twice" for n in Counter(x["name"] for x in options).values() if n > 1]
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        found.append(f"{one['name']}: a required option after one that is not")
    return found + [text for option in options for text in _entry(option)]


def _named(name: str) -> bool:
    return NAME.fullmatch(name) is not None and name == name.lower() and unicodedata.is_normalized("NFC", name)
