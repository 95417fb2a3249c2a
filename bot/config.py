"""Settings: environment variables, or a `.env` file beside which `vigie` is started. Wrong ones exit with 2."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


class Settings(BaseSettings):
    """Every variable that the product reads. The description of each is its line in `.env.example`."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True)

    database_url: Annotated[
        SecretStr,
        Field(
            validation_alias="DATABASE_URL",
            description="Where everything is kept: a SQLite file, or postgresql://user:password@host/name",
        ),
    ] = SecretStr("sqlite:///vigie.db")
    log: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(validation_alias="VIGIE_LOG", description="How much is logged: debug, info, warning, error"),
    ] = "info"
    timezone: Annotated[
        str,
        Field(validation_alias="VIGIE_TIMEZONE", description="IANA zone of teams whose platform tells none"),
    ] = "Europe/Paris"
    language: Annotated[
        Literal["fr", "en"],
        Field(validation_alias="VIGIE_LANGUAGE", description="Language of new teams and of the terminal: fr or en"),
    ] = "fr"
    catalogue_dir: Annotated[
        Path | None,
        Field(
            validation_alias="VIGIE_CATALOGUE_DIR",
            description="Folder of your own catalogue entries (*.yaml); a sub-folder named by a team id is that team's",
        ),
    ] = None


def load() -> Settings:
    """Read the settings. Raises ConfigurationError naming the first variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError("config.bad_value", variable=str(first["loc"][0]), why=first["msg"]) from error


def example() -> str:
    """The text of `.env.example`: every variable with what it is for and its default."""
    lines = ["# Settings of Vigie. Copy to .env and change what you need; every line is optional.", ""]
    for field in Settings.model_fields.values():
        lines += [f"# {field.description}", f"#{field.validation_alias}={_default(field)}", ""]
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)
