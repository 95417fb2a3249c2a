"""Sizes of functions and files within the house's limits. `pytest -s tests/surface/test_sizes.py` prints them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "adapters", "storage")
MEDIAN, MOST_OFTEN, LONGEST = 10, 30, 50
"""Lines of a body: the median is under the first, the 95th percentile at most the second, none over the third."""
FILE = 400
ARGUMENTS = 5

EXEMPT_ARGUMENTS = {
    "bot/tasks/change.py change": "the one way an item changes: its sixth is a keyword-only flag",
}
"""Functions that may take one more, and why. (A dataclass has fields: its `__init__` is generated.)"""


@dataclass(frozen=True)
class Function:
    """One function: where it is, how many lines its body has without docstring, how many arguments (no self)."""

    file: str
    name: str
    lines: int
    arguments: int


def _files() -> Iterator[Path]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "versions" not in file.parts:  # migrations are generated
                yield file


def _functions() -> Iterator[Function]:
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(str(file.relative_to(ROOT)), node.name, _lines(node), _arguments(node))


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From the first statement after the docstring to the last line; a stub has none."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if not body or (len(body) == 1 and _is_ellipsis(body[0])):
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def _is_ellipsis(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and statement.value.value is ...
    )


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([one for one in every if one.arg not in ("self", "cls")])


FUNCTIONS = list(_functions())


def _written() -> list[int]:
    """Protocol methods and the like have no body to measure."""
    return [one.lines for one in FUNCTIONS if one.lines]


def test_bodies_are_short() -> None:
    sizes = _written()
    middle, often = median(sizes), quantiles(sizes, n=100)[94]
    print(f"{len(sizes)} functions: median {middle:g}, 95th percentile {often:g}, longest {max(sizes)} lines")
    assert middle < MEDIAN
    assert often <= MOST_OFTEN


def test_no_body_is_long() -> None:
    assert [one for one in FUNCTIONS if one.lines > LONGEST] == []


def test_nobody_takes_many_arguments() -> None:
    many = {f"{one.file} {one.name}" for one in FUNCTIONS if one.arguments > ARGUMENTS}
    assert many - set(EXEMPT_ARGUMENTS) == set()


def test_no_file_is_long() -> None:
    pages = [file for file in (ROOT / "adapters/web/static").iterdir() if file.suffix in {".js", ".css", ".html"}]
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in (*_files(), *pages)}
    sizes = {str(file.relative_to(ROOT)): count for file, count in lines.items()}
    ranked = sorted(sizes.values())
    print(f"{len(sizes)} files: median {median(ranked):g}, 95th percentile {quantiles(ranked, n=100)[94]:g}, "
          f"longest {ranked[-1]} lines")  # fmt: skip
    assert {file: lines for file, lines in sizes.items() if lines > FILE} == {}
