"""Reading one YAML file of the catalogue: YAML 1.2 words, no key twice, and the line of whatever is wrong.

YAML 1.1, PyYAML's own reading, turns `on` into true and 9:00 into 540: people who write rhythms would be caught.
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
"""Bytes. Ours are under 100,000; beyond this it is not a catalogue."""

_WORDS = (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+$", "-+0123456789"),
)


def _yaml_1_2() -> Any:
    """A loader class without YAML 1.1's surprises, in C where PyYAML was built with it."""
    loader: Any = type(
        "CatalogueLoader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}}
    )
    for tag, pattern, first in _WORDS:
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
    return loader


_LOADER = _yaml_1_2()


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed file: its data, and where each part of it stands."""

    file: Path
    data: dict[str, Any]
    root: Any

    def line(self, where: Sequence[str | int]) -> int:
        """The line (from 1) of the innermost part of `where` that the file holds."""
        node = self.root
        line = 1
        for step in where:
            found = _child(node, step)
            if found is None:
                continue  # a step of the checker's own, such as the rule's name within a rhythm
            mark, node = found
            line = mark.start_mark.line + 1
        return line


def read(file: Path) -> Document:
    """Parse one file. Raises ConfigurationError naming the file and the line."""
    loader = None
    try:
        loader = _LOADER(_text(file))
        root = loader.get_single_node()
        if root is None:
            return Document(file, {}, root)
        _refuse_twice(file, root)
        data = loader.construct_document(root)
    except yaml.YAMLError as error:
        raise _bad_yaml(file, error) from error
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(data, dict):
        raise ConfigurationError("catalogue.not_sections", file=str(file))
    return Document(file, data, root)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise ConfigurationError("catalogue.too_large", file=str(file), bytes=LARGEST)
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("catalogue.unreadable", file=str(file), why=str(error)) from error


def _bad_yaml(file: Path, error: yaml.YAMLError) -> ConfigurationError:
    mark = getattr(error, "problem_mark", None)
    why = getattr(error, "problem", None) or str(error)
    return ConfigurationError("catalogue.bad_yaml", file=str(file), line=mark.line + 1 if mark else 1, why=why)


def _refuse_twice(file: Path, root: Any) -> None:
    """The same key twice in a mapping silently loses the first: refused. Aliases too: each entry speaks for itself."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            raise ConfigurationError("catalogue.alias", file=str(file), line=node.start_mark.line + 1)
        seen.add(id(node))
        match node:
            case yaml.MappingNode():
                _refuse_key_twice(file, node)
                waiting += [part for pair in node.value for part in pair]
            case yaml.SequenceNode():
                waiting += node.value


def _refuse_key_twice(file: Path, node: yaml.MappingNode) -> None:
    keys: set[str] = set()
    for key, _ in node.value:
        name = str(key.value)
        if name in keys:
            raise ConfigurationError("catalogue.twice", file=str(file), line=key.start_mark.line + 1, name=name)
        keys.add(name)


def _child(node: Any, step: str | int) -> tuple[Any, Any] | None:
    """The part of a node that `step` names, with the node that marks its place (a mapping's key, a list's item)."""
    match node, step:
        case yaml.MappingNode(), str():
            return next(((key, value) for key, value in node.value if key.value == step), None)
        case yaml.SequenceNode(), int() if step < len(node.value):
            return node.value[step], node.value[step]
        case _:
            return None
