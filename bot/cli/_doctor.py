"""The checks of `vigie doctor`. Each gives one line, and what to do where it fails; none of them writes."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import zoneinfo
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.catalogue.loader import load as load_catalogue
from bot.cli._messages import explain, say
from bot.cli._platforms import MODULES, load_kind
from bot.config import Settings
from bot.config import load as load_settings
from bot.errors import VigieError
from bot.zones import tzdata_version, use_packaged_tzdata
from storage.engines import OLDEST_SQLITE
from storage.migrate import head
from storage.read_only import is_known_revision, open_read_only, revision, sqlite_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock

OLDEST_PYTHON = (3, 11)
LAST_YEAR = 2099

Row = tuple[bool, str]


def examine(clock: Clock) -> list[Row]:
    """Run every check, in the order in which a fault explains the next ones."""
    settings: list[Settings] = []
    rows = [_check_python(), _check_sqlite(), _check_tzdata(), _check_clock(clock)]
    rows.append(_run_check(partial(_check_settings, settings)))
    for loaded in settings:
        rows += [_run_check(partial(check, loaded)) for check in (_check_catalogue, _check_folder, _check_database)]
        for name in MODULES:
            rows += load_kind(name).examine(loaded, clock)
    return rows


def _run_check(check: Callable[[], Row]) -> Row:
    """Run a check; an error of ours is a failure in its own words."""
    try:
        return check()
    except VigieError as error:
        return False, explain(error)


def _build_row(name: str, *, fine: bool, **values: object) -> Row:
    return fine, say(f"doctor.{name}.{'fine' if fine else 'wrong'}", **values)


def _check_python() -> Row:
    version = ".".join(map(str, sys.version_info[:3]))
    needed = ".".join(map(str, OLDEST_PYTHON))
    return _build_row("python", fine=sys.version_info >= OLDEST_PYTHON, found=version, needed=needed)


def _check_sqlite() -> Row:
    needed = ".".join(map(str, OLDEST_SQLITE[:2]))
    fine = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    return _build_row("sqlite", fine=fine, found=sqlite3.sqlite_version, needed=needed)


def _check_tzdata() -> Row:
    """Check that zones come from the wheel that we ship, whatever the host has."""
    use_packaged_tzdata()
    try:
        version = tzdata_version()
        zoneinfo.ZoneInfo.no_cache("Europe/Paris")
    except (ModuleNotFoundError, zoneinfo.ZoneInfoNotFoundError):
        return _build_row("tzdata", fine=False)
    return _build_row("tzdata", fine=zoneinfo.TZPATH == (), version=version)


def _check_clock(clock: Clock) -> Row:
    """Check the machine's date: before the time zones that we ship were published, it would send at wrong moments."""
    now = clock.now()
    published = datetime(int(tzdata_version().split(".")[0]), 1, 1, tzinfo=UTC)
    return _build_row("clock", fine=published <= now and now.year <= LAST_YEAR, now=f"{now:%Y-%m-%d %H:%M} UTC")


def _check_settings(loaded: list[Settings]) -> Row:
    loaded.append(load_settings())
    file_exists = Path(".env").is_file()
    return True, say("doctor.settings.file" if file_exists else "doctor.settings.defaults")


def _check_catalogue(settings: Settings) -> Row:
    """Load the installation's own catalogue, and each team's within it."""
    folder = settings.catalogue_dir
    teams = sorted(child.name for child in folder.iterdir() if child.is_dir()) if folder and folder.is_dir() else []
    tasks = len(load_catalogue(folder).tasks)
    for team in teams:
        load_catalogue(folder, team)
    return _build_row("catalogue", fine=True, count=tasks)


def _check_folder(settings: Settings) -> Row:
    """Check that the folder takes new files: SQLite keeps a journal beside its own."""
    file = sqlite_file(settings.database_url.get_secret_value())
    folder = file.parent if file else Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=folder):
            return _build_row("folder", fine=True, folder=str(folder))
    except OSError:
        if not folder.is_dir():
            return _build_row("no_folder", fine=False, folder=str(folder))
        return _build_row("folder", fine=False, folder=str(folder))


def _check_database(settings: Settings) -> Row:
    address = settings.database_url.get_secret_value()
    with open_read_only(address) as connection:
        current = revision(connection) if connection is not None else None
        if current is None:
            return False, say("doctor.database.none")
        if not is_known_revision(current):
            return False, say("doctor.database.newer", found=current)
        return _build_row("database", fine=current == head(), found=current, needed=head())
