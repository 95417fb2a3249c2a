"""Settings: environment variables, or a `.env` file beside which `vigie` is started. Invalid ones exit with 2.

Secrets may be files instead, each named like its variable, in the folder that $CREDENTIALS_DIRECTORY names: systemd's
LoadCredential= makes one, a container's mounted secrets are one. A variable that is set goes before them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from bot.errors import ConfigurationError, VigieError
from bot.i18n import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

FILE = ".env"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
_BARE = re.compile(r"[\w@%+=:,./-]*")
"""Values that need no quotes in a `.env` file."""


def _check_zone(name: str) -> str:
    from bot.zones import zone

    try:
        zone(name)
    except VigieError as error:
        raise ValueError(str(error.params["near"])) from error
    return name


class Settings(BaseSettings):
    """All variables that the product reads. Each description is its comment in `.env.example`."""

    model_config = SettingsConfigDict(
        env_file=FILE, env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", populate_by_name=True,
        str_strip_whitespace=True,
    )  # fmt: skip

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
        AfterValidator(_check_zone),
        Field(validation_alias="VIGIE_TIMEZONE", description="IANA zone of teams whose platform tells none"),
    ] = "Europe/Paris"
    language: Annotated[
        Literal["fr", "en"],
        Field(validation_alias="VIGIE_LANGUAGE", description="Language of new teams and of the terminal: fr or en"),
    ] = "fr"
    host: Annotated[
        str,
        Field(
            validation_alias="VIGIE_HOST",
            description="Address to listen on; another than this machine's own asks for VIGIE_WEB_TOKEN",
        ),
    ] = "127.0.0.1"
    port: Annotated[int, Field(validation_alias="VIGIE_PORT", ge=1, le=65535, description="Port to listen on")] = 8080
    web_token: Annotated[
        SecretStr,
        Field(validation_alias="VIGIE_WEB_TOKEN", description="What the web chat asks for before it opens (a secret)"),
    ] = SecretStr("")
    slack_bot_token: Annotated[
        SecretStr,
        Field(validation_alias="SLACK_BOT_TOKEN", description="Slack: xoxb-…, from « OAuth & Permissions » (a secret)"),
    ] = SecretStr("")
    slack_app_token: Annotated[
        SecretStr,
        Field(
            validation_alias="SLACK_APP_TOKEN",
            description="Slack: xapp-…, from « Basic Information »; with it, no public address is needed (a secret)",
        ),
    ] = SecretStr("")
    slack_signing_secret: Annotated[
        SecretStr,
        Field(
            validation_alias="SLACK_SIGNING_SECRET",
            description="Slack: from « Basic Information », when Slack calls us over HTTP instead (a secret)",
        ),
    ] = SecretStr("")
    slack_client_id: Annotated[
        str,
        Field(
            validation_alias="SLACK_CLIENT_ID",
            description="Slack, several workspaces: from « Basic Information », instead of SLACK_BOT_TOKEN",
        ),
    ] = ""
    slack_client_secret: Annotated[
        SecretStr,
        Field(validation_alias="SLACK_CLIENT_SECRET", description="Slack, several workspaces: beside it (a secret)"),
    ] = SecretStr("")
    encryption_keys: Annotated[
        SecretStr,
        Field(
            validation_alias="VIGIE_ENCRYPTION_KEYS",
            description="Slack, several workspaces: keys that encrypt their tokens, the newest first (a secret)",
        ),
    ] = SecretStr("")
    slack_api_url: Annotated[
        str, Field(validation_alias="SLACK_API_URL", description="Slack’s address, if a proxy stands before it")
    ] = ""
    discord_token: Annotated[
        SecretStr,
        Field(validation_alias="DISCORD_TOKEN", description="Discord: the bot’s token, from « Bot » (a secret)"),
    ] = SecretStr("")
    discord_api_url: Annotated[
        str, Field(validation_alias="DISCORD_API_URL", description="Discord’s address, if a proxy stands before it")
    ] = ""
    discord_gateway_url: Annotated[
        str,
        Field(validation_alias="DISCORD_GATEWAY_URL", description="Discord’s gateway, if a proxy stands before it"),
    ] = ""
    discord_shard_ids: Annotated[
        str,
        Field(
            validation_alias="DISCORD_SHARD_IDS",
            pattern=r"^$|^\d+(,\d+)*$",
            description="The shards that this process holds, such as 0,1; with DISCORD_SHARD_COUNT",
        ),
    ] = ""
    discord_shard_count: Annotated[
        int,
        Field(
            validation_alias="DISCORD_SHARD_COUNT",
            ge=0,
            description="How many shards there are in all; 0: as many as Discord advises, all of them here",
        ),
    ] = 0
    catalogue_dir: Annotated[
        Path | None,
        Field(
            validation_alias="VIGIE_CATALOGUE_DIR",
            description="Folder of your own catalogue entries (*.yaml); a sub-folder named by a team id is that team's",
        ),
    ] = None


def keys_of(settings: Settings) -> Sequence[str]:
    """Return the encryption keys, newest first."""
    return [key.strip() for key in settings.encryption_keys.get_secret_value().split(",") if key.strip()]


def load(answers: Mapping[str, str] | None = None, *, file: str | None = FILE) -> Settings:
    """Read the settings from `answers` (by variable), else the environment, else the file (None: no file).

    Raises ConfigurationError naming the first invalid variable, its source, and the expected value.
    """
    values: dict[str, Any] = dict(answers or {})  # by alias: pydantic checks each one
    try:
        return Settings(_env_file=file, _secrets_dir=_find_secrets_folder(), **values)
    except ValidationError as error:
        raise _describe_invalid_setting(error.errors(include_url=False)[0], answers or {}) from error
    except (SettingsError, UnicodeDecodeError, OSError) as error:
        file = getattr(error, "filename", None) or str(Path(FILE).absolute())
        raise ConfigurationError("config.unreadable", file=str(file)) from error


def _find_secrets_folder() -> Path | None:
    """Return the folder of secrets if it exists: pydantic-settings warns about a missing one."""
    folder = Path(os.environ.get(CREDENTIALS) or "")
    return folder if os.environ.get(CREDENTIALS) and folder.is_dir() else None


def _describe_invalid_setting(error: ErrorDetails, answers: Mapping[str, str]) -> ConfigurationError:
    """Build the error for an invalid variable, without its value, which may be a secret."""
    variable = str(error["loc"][0])
    place = _describe_source(variable, answers)
    choices = choices_of(variable)
    if variable == "VIGIE_TIMEZONE" and error["type"] == "value_error":
        near = str(error["ctx"]["error"])
        return ConfigurationError("config.timezone", variable=variable, place=place, near=near)
    if choices:
        return ConfigurationError("config.choices", variable=variable, place=place, expected=list(choices))
    if field_of(variable).annotation is int:
        usual = default_of(field_of(variable))
        return ConfigurationError("config.number", variable=variable, place=place, example=f"{variable}={usual}")
    return ConfigurationError("config.bad_value", variable=variable, place=place, why=error["msg"])


def _describe_source(variable: str, answers: Mapping[str, str]) -> Words:
    """Name the source of a variable: an answer, the environment, or a file."""
    if variable in answers:
        return Words("ta réponse", "your answer")
    if variable in {name.upper() for name in os.environ}:
        return Words("l’environnement", "the environment")
    secret = (_find_secrets_folder() or Path(FILE)) / variable
    file = str((secret if secret.is_file() else Path(FILE)).absolute())
    return Words(file, file)


def field_of(variable: str) -> FieldInfo:
    """Return the field of a variable. Raises KeyError for an unknown variable."""
    return {str(field.validation_alias): field for field in Settings.model_fields.values()}[variable]


def choices_of(variable: str) -> tuple[str, ...]:
    """Return the allowed values of a variable; empty when it accepts any."""
    kind: Any = field_of(variable).annotation
    return tuple(get_args(kind)) if getattr(kind, "__origin__", None) is Literal else ()


def example(chosen: Mapping[str, str] | None = None) -> str:
    """Build the text of `.env.example`: all variables with their purpose and default; those of `chosen` are set."""
    lines = ["# Settings of Vigie. Copy to .env and change what you need; every line is optional.", ""]
    for field in Settings.model_fields.values():
        variable = str(field.validation_alias)
        value = (chosen or {}).get(variable)
        assignment = f"#{variable}={default_of(field)}" if value is None else f"{variable}={_quote_value(value)}"
        lines += [f"# {field.description}", assignment, ""]
    return "\n".join(lines)


def default_of(field: FieldInfo) -> str:
    """Return the default of a setting as text."""
    value = field.default
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)


def _quote_value(value: str) -> str:
    """Quote a value so that python-dotenv reads it back unchanged."""
    if _BARE.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
