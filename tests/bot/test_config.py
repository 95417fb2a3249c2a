"""Settings: where they come from, and what is said of one that is wrong."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bot.config import example, load
from bot.errors import ConfigurationError
from bot.i18n import texts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("VIGIE_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal() -> str:
    with pytest.raises(ConfigurationError) as raised:
        load()
    return texts("en").text(
        raised.value.key, **{k: ", ".join(v) if isinstance(v, list) else v for k, v in raised.value.params.items()}
    )


def test_the_environment_goes_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("VIGIE_LANGUAGE=en\nVIGIE_LOG=debug\n", encoding="utf-8")
    monkeypatch.setenv("VIGIE_LANGUAGE", "fr")

    assert (load().language, load().log) == ("fr", "debug")


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIGIE_CATALOGUE_DIR", "VIGIE_LANGUAGE", "DATABASE_URL"):
        monkeypatch.setenv(name, "")

    assert (load().catalogue_dir, load().language) == (None, "fr")
    assert load().database_url.get_secret_value() == "sqlite:///vigie.db"


def test_a_wrong_variable_is_named_with_its_place_and_what_to_write(folder: Path) -> None:
    (folder / ".env").write_text("VIGIE_LANGUAGE=german\n", encoding="utf-8")

    said = refusal()

    assert said.startswith("The variable VIGIE_LANGUAGE")
    assert str(folder / ".env") in said
    assert "fr, en" in said


def test_a_wrong_time_zone_is_answered_with_the_nearest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_TIMEZONE", "europe paris")

    assert "VIGIE_TIMEZONE=Europe/Paris" in refusal()


def test_the_address_of_the_database_is_never_shown() -> None:
    assert "hunter2" not in repr(load({"DATABASE_URL": "postgresql://u:hunter2@h/n"}))


@pytest.mark.parametrize("value", ["sqlite:///a b.db", "it's", "a#b", 'say "x"', "back\\slash", "é", "$HOME", " x "])
def test_what_is_written_is_what_is_read(folder: Path, value: str) -> None:
    (folder / ".env").write_text(example({"DATABASE_URL": value}), encoding="utf-8")

    assert load().database_url.get_secret_value() == value
