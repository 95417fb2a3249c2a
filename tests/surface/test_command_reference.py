"""The reference of the commands is drawn from the registry: it can neither lag behind nor lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.cli._reference import described, page
from bot.i18n import LANGUAGES
from bot.registry import load

if TYPE_CHECKING:
    from bot.i18n import Language

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_what_the_registry_says(language: Language) -> None:
    found = (FOLDER / f"commands.{language}.md").read_text("utf-8")

    assert found == page(load(), language), (
        f"vigie commands --markdown {language} > docs/reference/commands.{language}.md"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_every_example_is_on_the_page(language: Language) -> None:
    text = page(load(), language)

    for command in load().commands.values():
        assert f"### {command.names.shown(language)}\n" in text
        assert [one for one in command.guide(language).examples if f"`/cm {one}`" not in text] == []


def test_a_description_holds_plain_values() -> None:
    for command in load().commands.values():
        assert described(command)["usage"]["fr"]
