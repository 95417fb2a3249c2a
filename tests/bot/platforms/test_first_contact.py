"""First contact: the language of a new team."""

from __future__ import annotations

import pytest

from bot.cli._platforms import fallback_of
from bot.config import Settings


@pytest.mark.parametrize(("locale", "language"), [("fr-FR", "fr"), ("en-GB", "en"), ("", "fr")])
def test_a_new_team_speaks_the_language_of_its_platform(
    monkeypatch: pytest.MonkeyPatch, locale: str, language: str
) -> None:
    monkeypatch.delenv("VIGIE_LANGUAGE", raising=False)
    assert fallback_of(Settings()).choose_language(locale) == language


@pytest.mark.parametrize("locale", ["fr-FR", "en-GB", ""])
def test_the_setting_prevails_over_the_platform(monkeypatch: pytest.MonkeyPatch, locale: str) -> None:
    monkeypatch.setenv("VIGIE_LANGUAGE", "en")
    assert fallback_of(Settings()).choose_language(locale) == "en"
