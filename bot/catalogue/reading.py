"""Parsing of a YAML file of the catalogue: YAML 1.2 scalars, no duplicate keys, and the line of each fault.

YAML 1.1, PyYAML's own reading, turns `on` into true and 9:00 into 540, both of which occur in the catalogue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST = 2_000_000
"""Bytes of a file, at most; the built-in ones are under 100,000."""

_SCALARS = (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+$", "-+0123456789"),
)


def _build_loader() -> Any:
    """Build a loader class without YAML 1.1's surprises, in C where PyYAML was built with it."""
    loader: Any = type(
        "CatalogueLoader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}}
    )
    for tag, pattern, first in _SCALARS:
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
    return loader


_LOADER = _build_loader()


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its data, and the nodes with their positions."""

    file: Path
    data: dict[str, Any]
    root: Any

    def line(self, where: Sequence[str | int]) -> int:
        """Return the line (from 1) of the innermost existing node on the path `where`."""
        node = self.root
        line = 1
        for step in where:
            child = _find_child(node, step)
            if child is None:
                continue  # a step of Pydantic's own, such as the rule's name within a rhythm
            mark, node = child
            line = mark.start_mark.line + 1
        return line


def read(file: Path) -> Document:
    """Parse a file. Raises ConfigurationError naming the file and the line."""
    loader = None
    try:
        loader = _LOADER(_read_text(file))
        root = loader.get_single_node()
        if root is None:
            return Document(file, {}, root)
        _refuse_duplicates(file, root)
        data = loader.construct_document(root)
    except yaml.YAMLError as error:
        raise _build_error(file, error) from error
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(data, dict):
        raise ConfigurationError("catalogue.not_sections", file=str(file))
    return Document(file, data, root)


def _read_text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise ConfigurationError("catalogue.too_large", file=str(file), bytes=LARGEST)
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("catalogue.unreadable", file=str(file), why=str(error)) from error


def _build_error(file: Path, error: yaml.YAMLError) -> ConfigurationError:
    mark = getattr(error, "problem_mark", None)
    why = getattr(error, "problem", None) or str(error)
    return ConfigurationError("catalogue.bad_yaml", file=str(file), line=mark.line + 1 if mark else 1, why=why)


def _refuse_duplicates(file: Path, root: Any) -> None:
    """Raise ConfigurationError for a duplicate key, of which YAML would drop the first, and for an alias."""
    pending, visited = [root], set()
    while pending:
        node = pending.pop()
        if id(node) in visited:
            raise ConfigurationError("catalogue.alias", file=str(file), line=node.start_mark.line + 1)
        visited.add(id(node))
        match node:
            case yaml.MappingNode():
                _refuse_duplicate_keys(file, node)
                pending += [part for pair in node.value for part in pair]
            case yaml.SequenceNode():
                pending += node.value


def _refuse_duplicate_keys(file: Path, node: yaml.MappingNode) -> None:
    keys: set[str] = set()
    for key, _ in node.value:
        name = str(key.value)
        if name in keys:
            raise ConfigurationError("catalogue.twice", file=str(file), line=key.start_mark.line + 1, name=name)
        keys.add(name)


def _find_child(node: Any, step: str | int) -> tuple[Any, Any] | None:
    """Return the child of a node at `step`, after the node of its position (a mapping's key, a list's item)."""
    match node, step:
        case yaml.MappingNode(), str():
            return next(((key, value) for key, value in node.value if key.value == step), None)
        case yaml.SequenceNode(), int() if step < len(node.value):
            return node.value[step], node.value[step]
        case _:
            return None
