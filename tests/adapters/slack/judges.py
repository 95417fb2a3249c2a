"""Judges of what is sent to Slack that we did not write, and four rules that they miss."""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.adapters.slack.rebuilt import rebuilt

Json = dict[str, Any]
LIMITS = {"message": 50, "modal": 100, "home": 100}


def judged(kind: str, payload: Json) -> None:
    """Raise AssertionError when a message or view is not one that Slack takes."""
    blocks = list(payload.get("blocks") or [])
    if kind == "message":
        assert payload["text"].strip()
        assert len(payload["text"]) <= 4000
    else:
        View(**{key: value for key, value in payload.items() if key != "id"}).validate_json()
        assert len(json.dumps(payload)) <= 250_000
    assert len(blocks) <= LIMITS[kind], len(blocks)
    for block in blocks:
        _block(block)
    _four_rules(kind, blocks)


def by_all(kind: str, payload: Json) -> None:
    """Raise when any judge that is here finds a message or view that Slack would not take."""
    judged(kind, payload)
    if find_spec("slackblocks"):
        rebuilt(kind, payload)
    if schema_folder() and find_spec("jsonschema"):
        blocks = [one for one in payload.get("blocks") or [] if one["type"] != "data_visualization"]
        view = {key: value for key, value in payload.items() if key != "id"}
        by_schema(*{"message": ("Blocks", blocks), "home": ("Home", view), "modal": ("Modal", view)}[kind])


def _block(block: Json) -> None:
    """The SDK's models (which have no class for charts yet)."""
    if block["type"] == "data_visualization":
        _chart(block)
        return
    (parsed,) = Block.parse_all([block])
    parsed.validate_json()
    assert parsed.to_dict()["type"] == block["type"]


def _chart(block: Json) -> None:
    assert 0 < len(block["title"]) <= 50
    categories = block["chart"]["axis_config"]["categories"]
    assert 1 <= len(categories) <= 20
    for series in block["chart"]["series"]:
        assert [point["label"] for point in series["data"]] == categories
        assert all(
            0 < len(point["label"]) <= 20 and isinstance(point["value"], int | float) for point in series["data"]
        )


def _four_rules(kind: str, blocks: list[Json]) -> None:
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids)), "two blocks share an id"
    assert sum(block["type"] == "table" for block in blocks) <= 1, "two tables"
    assert sum(block["type"] == "data_visualization" for block in blocks) <= 2, "three charts"
    for block in blocks:
        if block["type"] == "actions":
            actions = [element["action_id"] for element in block["elements"]]
            assert 0 < len(actions) <= 25, "an empty row"
            assert len(actions) == len(set(actions)), "two actions share an id"
    texts = list(_texts(blocks))
    assert all(0 < len(text) <= 3000 for text in texts), "an empty or endless text"


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        if "text" in value and isinstance(value["text"], str):
            yield value["text"]
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def schema_folder() -> Path | None:
    """Where the data judges are, if anywhere."""
    folder = os.environ.get("JUDGES_DIR")
    return Path(folder) if folder and (Path(folder) / "slack-block-kit.Blocks.schema.json").is_file() else None


@cache
def _schema(name: str) -> Any:
    import jsonschema

    folder = schema_folder()
    assert folder is not None
    found = json.loads((folder / f"slack-block-kit.{name}.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft7Validator(found)


def by_schema(name: str, value: Any) -> None:
    """Raise jsonschema.ValidationError unless the value keeps the schema made from Slack's own types."""
    _schema(name).validate(value)
