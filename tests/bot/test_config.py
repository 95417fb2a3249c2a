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


@pytest.fixture
def credentials(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of secrets such as systemd's LoadCredential= makes, one file for each."""
    there = folder / "credentials"
    there.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(there))
    return there


def test_a_secret_may_be_a_file_named_like_its_variable(credentials: Path) -> None:
    (credentials / "SLACK_BOT_TOKEN").write_text("xoxb-from-a-file\n", encoding="utf-8")

    assert load().slack_bot_token.get_secret_value() == "xoxb-from-a-file"
    assert "xoxb" not in repr(load())


def test_a_variable_goes_before_a_secret_file(credentials: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (credentials / "DATABASE_URL").write_text("sqlite:///file.db", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///variable.db")

    assert load().database_url.get_secret_value() == "sqlite:///variable.db"


def test_a_wrong_secret_file_is_named(credentials: Path) -> None:
    (credentials / "VIGIE_PORT").write_text("http", encoding="utf-8")

    assert str(credentials / "VIGIE_PORT") in refusal()


def test_a_folder_of_secrets_that_is_missing_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder / "nowhere"))

    assert load().port == 8080


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIGIE_CATALOGUE_DIR", "VIGIE_LANGUAGE", "DATABASE_URL"):
        monkeypatch.setenv(name, "")

    assert (load().catalogue_dir, load().language) == (None, "fr")
    assert load().database_url.get_secret_value() == "sqlite:///vigie.db"


@pytest.mark.parametrize("pasted", [" s3cret\n", "s3cret ", "\ts3cret"])
def test_what_is_pasted_with_a_space_is_read_without_it(pasted: str) -> None:
    assert load({"SLACK_SIGNING_SECRET": pasted}, file=None).slack_signing_secret.get_secret_value() == "s3cret"


def test_a_wrong_variable_is_named_with_its_place_and_what_to_write(folder: Path) -> None:
    (folder / ".env").write_text("VIGIE_LANGUAGE=german\n", encoding="utf-8")

    said = refusal()

    assert said.startswith("The variable VIGIE_LANGUAGE")
    assert str(folder / ".env") in said
    assert "fr, en" in said


@pytest.mark.parametrize("port", ["abc", "0", "70000", "80.5"])
def test_a_wrong_number_is_answered_in_words_with_one_that_does(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("VIGIE_PORT", port)

    said = refusal()

    assert "VIGIE_PORT=8080" in said
    assert "Input should be" not in said


def test_a_wrong_time_zone_is_answered_with_the_nearest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_TIMEZONE", "europe paris")

    assert "VIGIE_TIMEZONE=Europe/Paris" in refusal()


def test_the_address_of_the_database_is_never_shown() -> None:
    assert "hunter2" not in repr(load({"DATABASE_URL": "postgresql://u:hunter2@h/n"}))


@pytest.mark.parametrize("value", ["sqlite:///a b.db", "it's", "a#b", 'say "x"', "back\\slash", "é", "$HOME"])
def test_what_is_written_is_what_is_read(folder: Path, value: str) -> None:
    (folder / ".env").write_text(example({"DATABASE_URL": value}), encoding="utf-8")

    assert load().database_url.get_secret_value() == value
