"""Discord's own OpenAPI file as a judge of every body: found by JUDGES_DIR, read once, skipped when it is not there."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SMALLEST_SNOWFLAKE = 10**15
"""The file takes no snowflake as a number, Discord does: its only false alarm."""


def openapi() -> Path | None:
    """Where the file is, if anywhere."""
    folder = os.environ.get("JUDGES_DIR")
    file = Path(folder) / "discord-openapi.json" if folder else None
    return file if file and file.is_file() else None


def why_not() -> str:
    """Why nothing is judged; empty when it is."""
    if openapi() is None:
        return "JUDGES_DIR names no folder with discord-openapi.json"
    try:
        import jsonschema  # noqa: F401
    except ModuleNotFoundError:
        return "jsonschema is not installed (group judges)"
    return ""


@cache
def _document() -> Json:
    file = openapi()
    assert file is not None
    found: Json = json.loads(file.read_text(encoding="utf-8"))
    return found


@cache
def _validator(method: str, template: str) -> Any:
    """The validator of an operation's body; None where the file has none."""
    import jsonschema

    operation = _document()["paths"].get(template, {}).get(method.lower())
    content = ((operation or {}).get("requestBody") or {}).get("content") or {}
    schema = (content.get("application/json") or {}).get("schema")
    if schema is None:
        return None
    return jsonschema.Draft202012Validator(schema | {"components": _document()["components"]})


def complaints(method: str, template: str, body: Any) -> list[str]:
    """What the file finds wrong with a body sent to a path template of its own, such as `/users/@me/channels`."""
    if why_not():
        return []
    validator = _validator(method, template)
    alike = (method, template, _alike(body))
    if validator is None or alike in _fine:
        return []
    found = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(_snowflakes(body))]
    if not found:
        _fine.add(alike)
    return found


_fine: set[tuple[str, str, str]] = set()
"""Bodies that were judged: hundreds of cards that differ in their ids alone need not be, at 20 ms each."""
_NUMBER = re.compile(r"\d{6,}")
_KEY = re.compile(r"[0-9A-Za-z]{11,}")


def _alike(body: Any) -> str:
    """A body without its large numbers (ids, moments) and its keys, whose lengths stay."""
    bare = _NUMBER.sub(lambda found: "0" * len(found[0]), json.dumps(body, sort_keys=True))
    return _KEY.sub(lambda found: ("0" if found[0].isdigit() else "x") * len(found[0]), bare)


def _snowflakes(value: Any) -> Any:
    """Large numbers as text."""
    if isinstance(value, dict):
        return {key: _snowflakes(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_snowflakes(one) for one in value]
    big = isinstance(value, int) and not isinstance(value, bool) and value >= SMALLEST_SNOWFLAKE
    return str(value) if big else value
