"""The settings file: checking an answer, and writing the file so that only its owner reads it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli._messages import explain
from bot.config import example, load
from bot.errors import StoreError, VigieError
from storage.engines import open_engines

if TYPE_CHECKING:
    from collections.abc import Mapping


def checked(variable: str, typed: str) -> str:
    """Check an answer, and return it stripped. Raises click.UsageError, so that the question is asked again."""
    answer = typed.strip()
    try:
        settings = load({variable: answer}, file=None)
        open_engines(settings.database_url.get_secret_value()).dispose()
    except VigieError as error:
        raise click.UsageError(explain(error)) from error
    return answer


def write(file: Path, chosen: Mapping[str, str]) -> None:
    """Write the file whole or not at all, readable by its owner alone (it may hold secrets)."""
    try:
        handle, part = tempfile.mkstemp(prefix=".env-", dir=file.parent)  # mode 600 from the first byte on
    except OSError as error:
        raise StoreError("init.not_writable", folder=str(file.parent)) from error
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        target.write(example(chosen))
        target.flush()
        os.fsync(target.fileno())
    Path(part).replace(file)
