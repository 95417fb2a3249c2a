"""The same product everywhere: each feature holds on each platform, or the reason why not is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import adapters
from bot.i18n import LANGUAGES
from tests.surface.pages import parity_page
from tests.surface.parity import PLATFORMS, Feature, features, page

if TYPE_CHECKING:
    from bot.i18n import Language

CLAIMS = [(one, platform) for one in features() for platform in PLATFORMS]


@pytest.mark.parametrize(("feature", "platform"), CLAIMS, ids=[f"{one.en}-{name}" for one, name in CLAIMS])
def test_a_feature_holds_or_a_reason_says_why_not(feature: Feature, platform: str) -> None:
    reason = feature.reasons.get(platform)
    assert feature.holds(platform) == (reason is None)
    assert reason is None or all(reason)


def test_every_platform_is_a_column() -> None:
    rooms = Path(next(iter(adapters.__path__))).glob("*/platform.py")
    assert {room.parent.name for room in rooms} == set(PLATFORMS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_the_documentation_is_the_one_that_was_proven(language: Language) -> None:
    assert parity_page(language).read_text("utf-8") == page(language), "`just docs` writes it again"
