"""`.env.example` is drawn from the settings themselves."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings, example

FILE = Path(__file__).parents[2] / ".env.example"


def test_the_example_is_what_the_settings_say() -> None:
    assert FILE.read_text("utf-8") == example(), (
        "python -c 'from bot.config import example; print(example(), end=\"\")'"
    )


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    assert [name for name, field in Settings.model_fields.items() if not isinstance(field.validation_alias, str)] == []
