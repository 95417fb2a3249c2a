"""`vigie commands`: the registry, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.registry import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bot.cli.conftest import Ran


def test_json_holds_every_command_with_both_languages(vigie: Callable[..., Ran]) -> None:
    found = json.loads(vigie("commands", "--json").out)

    assert {one["id"] for one in found} == set(load().commands)
    for one in found:
        assert set(one) >= {"names", "aliases", "section", "answer", "reads", "help", "usage", "examples"}
        for part in ("names", "aliases", "help", "usage", "examples"):
            assert set(one[part]) == {"fr", "en"}


def test_a_terminal_gets_one_line_a_command(vigie: Callable[..., Ran]) -> None:
    out = vigie("commands").out.splitlines()

    assert len(out) == len(load().commands)
    assert all(line.startswith("/cm ") for line in out)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_has_a_heading_a_command(vigie: Callable[..., Ran], language: str) -> None:
    out = vigie("commands", "--markdown", language).out

    assert out.count("\n### ") == len(load().commands)
