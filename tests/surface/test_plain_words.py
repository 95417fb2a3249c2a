"""Names and docstrings in plain technical English: no pronoun or participle as a name, no riddle as an opening."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "storage")

NAMES = frozenset(
    {
        "one",
        "ones",
        "found",
        "said",
        "given",
        "known",
        "there",
        "told",
        "asked",
        "seen",
        "met",
        "gone",
        "meant",
        "wanted",
    }
    | {"whom", "who", "what", "whose", "theirs", "mine", "ours", "others", "begun", "going", "here", "news", "things"}
    | {"wanted", "something", "somebody", "nobody", "everybody"}
)
"""Pronouns and participles, which say nothing of what a value is. (`left` is allowed: a side, or what remains.)"""
OPENINGS = re.compile(
    r"(What|Whether|Who|Whom|Whose|Those|That|Where|The same|Nothing|Nobody|Everybody|They|It|One of|As)\b"
)
"""First words of a docstring that leave out its subject."""


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in file.parts:  # migrations are generated
                yield file


def _names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the variables, parameters and functions of a module with their lines, but no fields or properties."""
    fields = {
        node.target
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.AnnAssign)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in fields:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_property(node):
            yield node.name.lstrip("_"), node.lineno


def _is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(decorator, ast.Name) and decorator.id == "property" for decorator in node.decorator_list)


def _openings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the first line of every docstring that begins with a riddle."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring and OPENINGS.match(docstring):
                yield docstring.splitlines()[0], getattr(node, "lineno", 1)


@pytest.mark.parametrize("file", list(_sources()), ids=lambda file: str(file.relative_to(ROOT)))
def test_names_and_docstrings_are_plain(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [f"line {line}: the name `{name}`" for name, line in _names(tree) if name in NAMES]
    openings = [f"line {line}: “{opening}”" for opening, line in _openings(tree)]
    assert [*names, *openings] == []
