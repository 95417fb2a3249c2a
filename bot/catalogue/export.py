"""Export of the JSON Schema for editors and other tools: `python -m bot.catalogue.export` rewrites it."""

from __future__ import annotations

import json
from pathlib import Path

from bot.catalogue.schema import CatalogueFile

FILE = Path(__file__).with_name("catalogue.schema.json")


def json_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of a catalogue file, as text."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Vigie catalogue file"}
    return json.dumps(head | CatalogueFile.model_json_schema() | head, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(json_schema(), encoding="utf-8")
